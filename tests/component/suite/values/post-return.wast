;; CanonicalABI.md, "canon lift", post-return: is called after the result was read, and may call nothing.
(component definition $D
  (core func $new (canon waitable-set.new))
  (core module $m
    (import "" "new" (func $new (result i32)))
    (global $seen (mut i32) (i32.const 0))
    (func (export "f") (param i32) (result i32) (local.get 0))
    (func (export "post") (param i32)
      (if (i32.eq (local.get 0) (i32.const 9)) (then (drop (call $new))))
      (global.set $seen (local.get 0)))
    (func (export "seen") (result i32) (global.get $seen)))
  (core instance $m (instantiate $m (with "" (instance (export "new" (func $new))))))
  (func (export "f") (param "x" u32) (result u32) (canon lift (core func $m "f") (post-return (core func $m "post"))))
  (func (export "seen") (result u32) (canon lift (core func $m "seen"))))
(component instance $a $D)
(assert_return (invoke $a "f" (u32.const 7)) (u32.const 7))
(assert_return (invoke $a "seen") (u32.const 7))
(assert_trap (invoke $a "f" (u32.const 9)) "cannot leave component instance")
