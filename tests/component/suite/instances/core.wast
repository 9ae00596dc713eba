;; Explainer.md, "Core Instances": every import of the module is there, with its type, once.
(component definition (core module $a (func (export "f") (param i32))) (core module $b (import "a" "f" (func (param i32)))) (core instance $a (instantiate $a)) (core instance (instantiate $b (with "a" (instance $a)))))
(assert_invalid
  (component (core module $b (import "a" "f" (func))) (core instance (instantiate $b)))
  "at byte 47 (0x2f): missing module instantiation argument named `a`")
(assert_invalid
  (component (core module $a (func (export "g"))) (core module $b (import "a" "f" (func))) (core instance $a (instantiate $a)) (core instance (instantiate $b (with "a" (instance $a)))))
  "at byte 94 (0x5e): module instantiation argument `a` does not export an item named `f`")
(assert_invalid
  (component (core module $a (func (export "f") (param i64))) (core module $b (import "a" "f" (func (param i32)))) (core instance $a (instantiate $a)) (core instance (instantiate $b (with "a" (instance $a)))))
  "at byte 96 (0x60): type mismatch for export `f` of module instantiation argument `a`: expected function (i32) ")
(assert_invalid
  (component (core module $a (memory (export "f") 1)) (core module $b (import "a" "f" (func))) (core instance $a (instantiate $a)) (core instance (instantiate $b (with "a" (instance $a)))))
  "at byte 83 (0x53): module instantiation argument `a` exports an item named `f` but it is not a function")
(assert_invalid
  (component (core module $a (memory (export "m") 1)) (core module $b (import "a" "m" (memory 2))) (core instance $a (instantiate $a)) (core instance (instantiate $b (with "a" (instance $a)))))
  "at byte 78 (0x4e): type mismatch for export `m` of module instantiation argument `a`: expected memory of at le")
(assert_invalid
  (component (core module $a) (core instance $a (instantiate $a)) (core instance (instantiate $a (with "a" (instance $a)) (with "a" (instance $a)))))
  "at byte 35 (0x23): duplicate module instantiation argument named `a`")
(assert_invalid
  (component (core instance (instantiate 0)))
  "at byte 11 (0xb): unknown module 0: module index out of bounds")
(assert_invalid
  (component (core module $a (func (export "f"))) (core instance $a (instantiate $a)) (core instance (export "x" (func $a "f")) (export "x" (func $a "f"))))
  "at byte 76 (0x4c): duplicate instantiation export name `x` already defined")
