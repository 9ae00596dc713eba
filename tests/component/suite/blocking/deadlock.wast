;; CanonicalABI.md, "Embedding API": a call that nothing can bring to an end is a trap, not a hang.
(component
  (core module $memory (memory (export "memory") 1))
  (core instance $memory (instantiate $memory))
  (core func $set (canon waitable-set.new))
  (core module $m
    (import "" "set" (func $set (result i32)))
    (func (export "wait") (result i32) (i32.or (i32.const 2 (; WAIT ;)) (i32.shl (call $set) (i32.const 4))))
    (func (export "callback") (param i32 i32 i32) (result i32) unreachable))
  (core instance $m (instantiate $m (with "" (instance (export "set" (func $set))))))
  (func (export "wait") async (canon lift (core func $m "wait") async (callback (core func $m "callback")))))
(assert_trap (invoke "wait") "deadlock detected: event loop cannot make further progress")
