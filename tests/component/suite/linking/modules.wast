;; Explainer.md, "Core Modules": modules are imported, exported and instantiated more than once, each time with state
;; of its own.
(component
  (core module $counter (global $n (mut i32) (i32.const 0))
    (func (export "next") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))
  (component $c
    (import "m" (core module $m (export "next" (func (result i32)))))
    (core instance $a (instantiate $m))
    (core instance $b (instantiate $m))
    (func (export "a") (result u32) (canon lift (core func $a "next")))
    (func (export "b") (result u32) (canon lift (core func $b "next"))))
  (instance $c (instantiate $c (with "m" (core module $counter))))
  (export "a" (func $c "a")) (export "b" (func $c "b")))
(assert_return (invoke "a") (u32.const 1))
(assert_return (invoke "a") (u32.const 2))
(assert_return (invoke "b") (u32.const 1))
