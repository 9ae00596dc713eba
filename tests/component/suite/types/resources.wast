;; Explainer.md, "resource": representation i32; the destructor takes it and gives nothing; not in types of
;; components.
(assert_invalid
  (component (type (resource (rep i64))))
  "at byte 11 (0xb): resources can only be represented by `i32`")
(assert_invalid
  (component (core module $m (func (export "d") (param i64))) (core instance $i (instantiate $m)) (type (resource (rep i32) (dtor (core func $i "d")))))
  "at byte 74 (0x4a): core function `dtor` uses a core function with an incorrect signature: expected (i32) -> ()")
(assert_invalid
  (component (core module $m (func (export "d") (param i32) (result i32))) (core instance $i (instantiate $m)) (type (resource (rep i32) (dtor (core func $i "d")))))
  "at byte 75 (0x4b): core function `dtor` uses a core function with an incorrect signature: expected (i32) -> ()")
(assert_invalid
  (component (type (component (type (resource (rep i32))))))
  "at byte 14 (0xe): resources can only be defined within a concrete component")
(assert_invalid
  (component (type (instance (type (resource (rep i32))))))
  "at byte 14 (0xe): resources can only be defined within a concrete component")
