;; CanonicalABI.md, "canon lift", callbacks: YIELD calls the callback with NONE; the task returns in a later turn.
(component
  (core module $m
    (import "" "task.return" (func $return (param i32)))
    (global $turns (mut i32) (i32.const 0))
    (func (export "run") (result i32) (i32.const 1 (; YIELD ;)))
    (func (export "cb") (param $event i32) (param $p1 i32) (param $p2 i32) (result i32)
      (if (i32.or (local.get $event) (i32.or (local.get $p1) (local.get $p2))) (then unreachable))
      (global.set $turns (i32.add (global.get $turns) (i32.const 1)))
      (if (i32.lt_u (global.get $turns) (i32.const 3)) (then (return (i32.const 1 (; YIELD ;)))))
      (call $return (global.get $turns))
      (i32.const 0 (; EXIT ;))))
  (core func $return (canon task.return (result u32)))
  (core instance $i (instantiate $m (with "" (instance (export "task.return" (func $return))))))
  (func (export "run") async (result u32)
    (canon lift (core func $i "run") async (callback (core func $i "cb")))))
(assert_return (invoke "run") (u32.const 3))
