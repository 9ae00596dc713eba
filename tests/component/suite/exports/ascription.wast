;; Explainer.md, "Import and Export Definitions": an export may be given a type that its own is a subtype of.
(component definition (import "i" (instance $i (export "a" (func)) (export "b" (func)))) (export "i2" (instance $i) (instance (export "a" (func)))))
(assert_invalid
  (component (import "i" (instance $i (export "a" (func)))) (export "i2" (instance $i) (instance (export "b" (func)))))
  "at byte 51 (0x33): ascribed type of export is not compatible: missing expected export `b`")
(assert_invalid
  (component (import "f" (func $f)) (export "g" (func $f) (func (param "x" u8))))
  "at byte 36 (0x24): ascribed type of export is not compatible: expected the type func(x: u8), found func()")
