;; Concurrency.md, reentrance: a component that is waited for may be called again, through another.
(component
  (component $outer
    (core module $t (table (export "t") 1 funcref))
    (core instance $t (instantiate $t))
    (core module $m
      (import "" "t" (table 1 funcref))
      (type $f (func (param i32) (result i32)))
      (func (export "down") (param i32) (result i32)
        (if (result i32) (local.get 0)
          (then (i32.add (i32.const 1) (call_indirect (type $f) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0))))
          (else (i32.const 0)))))
    (core instance $m (instantiate $m (with "" (instance (export "t" (table $t "t"))))))
    (func $down (export "down") (param "x" u32) (result u32) (canon lift (core func $m "down")))
    (component $middle
      (import "f" (func $f (param "x" u32) (result u32)))
      (core func $f (canon lower (func $f)))
      (core module $m (import "" "f" (func $f (param i32) (result i32)))
        (func (export "f") (param i32) (result i32) (call $f (local.get 0))))
      (core instance $m (instantiate $m (with "" (instance (export "f" (func $f))))))
      (func (export "f") (param "x" u32) (result u32) (canon lift (core func $m "f"))))
    (instance $middle (instantiate $middle (with "f" (func $down))))
    (core func $up (canon lower (func $middle "f")))
    (core module $fill (import "" "t" (table 1 funcref)) (import "" "f" (func $f (param i32) (result i32)))
      (elem (i32.const 0) $f))
    (core instance (instantiate $fill (with "" (instance (export "t" (table $t "t")) (export "f" (func $up)))))))
  (instance $outer (instantiate $outer))
  (export "down" (func $outer "down")))
(assert_return (invoke "down" (u32.const 5)) (u32.const 5))
