;; Explainer.md: core start functions run once each, in the order of instantiation.
(component
  (core module $log (global $n (mut i32) (i32.const 0))
    (func (export "add") (param i32) (global.set $n (i32.add (i32.mul (global.get $n) (i32.const 10)) (local.get 0))))
    (func (export "n") (result i32) (global.get $n)))
  (core instance $log (instantiate $log))
  (core module $one (import "l" "add" (func $add (param i32))) (func $s (call $add (i32.const 1))) (start $s))
  (core module $two (import "l" "add" (func $add (param i32))) (func $s (call $add (i32.const 2))) (start $s))
  (core instance (instantiate $two (with "l" (instance $log))))
  (core instance (instantiate $one (with "l" (instance $log))))
  (core instance (instantiate $two (with "l" (instance $log))))
  (func (export "n") (result u32) (canon lift (core func $log "n"))))
(assert_return (invoke "n") (u32.const 212))
(assert_trap (component (core module $m (func $s unreachable) (start $s)) (core instance (instantiate $m))) "an unreachable instruction was executed")
