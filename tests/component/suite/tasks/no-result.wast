;; CanonicalABI.md, "Tasks": a task that ends without task.return traps.
(component
  (core module $m
    (func (export "run") (result i32) (i32.const 0 (; EXIT ;)))
    (func (export "cb") (param i32 i32 i32) (result i32) unreachable))
  (core instance $i (instantiate $m))
  (func (export "run") async (result u32)
    (canon lift (core func $i "run") async (callback (core func $i "cb")))))
(assert_trap (invoke "run") "async-lifted export failed to produce a result")
