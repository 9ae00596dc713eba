;; Explainer.md, "Instance Definitions": what a component imports may come from another inside, in front of what the
;; host gives.
(component
  (component $low (core module $m (func (export "f") (result i32) (i32.const 1))) (core instance $m (instantiate $m))
    (func (export "f") (result u32) (canon lift (core func $m "f"))))
  (component $add
    (import "f" (func $f (result u32)))
    (core func $f (canon lower (func $f)))
    (core module $m (import "" "f" (func $f (result i32))) (func (export "f") (result i32) (i32.add (call $f) (i32.const 10))))
    (core instance $m (instantiate $m (with "" (instance (export "f" (func $f))))))
    (func (export "f") (result u32) (canon lift (core func $m "f"))))
  (instance $low (instantiate $low))
  (instance $one (instantiate $add (with "f" (func $low "f"))))
  (instance $two (instantiate $add (with "f" (func $one "f"))))
  (export "f" (func $two "f")))
(assert_return (invoke "f") (u32.const 21))
