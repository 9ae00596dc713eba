;; Explainer.md, "Instance Definitions": every import of the component is there, with a subtype of its type, once.
(component definition (import "f" (func $f (param "x" u8))) (component $c (import "f" (func (param "x" u8)))) (instance (instantiate $c (with "f" (func $f)))))
(assert_invalid
  (component (component $c (import "f" (func))) (instance (instantiate $c)))
  "at byte 57 (0x39): missing import named `f`")
(assert_invalid
  (component (import "f" (func $f (param "x" u16))) (component $c (import "f" (func (param "x" u8)))) (instance (instantiate $c (with "f" (func $f)))))
  "at byte 78 (0x4e): type mismatch for import `f`: expected the type func(x: u8), found func(x: u16)")
(assert_invalid
  (component (import "f" (func $f (param "y" u8))) (component $c (import "f" (func (param "x" u8)))) (instance (instantiate $c (with "f" (func $f)))))
  "at byte 78 (0x4e): type mismatch for import `f`: expected the type func(x: u8), found func(y: u8)")
(assert_invalid
  (component (import "f" (func $f async)) (component $c (import "f" (func))) (instance (instantiate $c (with "f" (func $f)))))
  "at byte 72 (0x48): type mismatch for import `f`: expected the type func(), found async func()")
(assert_invalid
  (component (import "i" (instance $i)) (component $c (import "f" (func))) (instance (instantiate $c (with "f" (instance $i)))))
  "at byte 70 (0x46): type mismatch for import `f`: expected function, found instance")
(assert_invalid
  (component (import "f" (func $f)) (component $c) (instance (instantiate $c (with "f" (func $f)) (with "f" (func $f)))))
  "at byte 57 (0x39): instantiation argument `f` conflicts with previous argument `f`")
(assert_invalid
  (component (instance (instantiate 0)))
  "at byte 11 (0xb): unknown component 0: component index out of bounds")
(assert_invalid
  (component (import "i" (instance $i (export "g" (func)))) (component $c (import "i" (instance (export "f" (func))))) (instance (instantiate $c (with "i" (instance $i)))))
  "at byte 90 (0x5a): type mismatch for import `i`: missing expected export `f`")
(assert_invalid
  (component (import "f" (func $f)) (instance (export "a" (func $f)) (export "a" (func $f))))
  "at byte 33 (0x21): export name `a` conflicts with previous name of an export")
