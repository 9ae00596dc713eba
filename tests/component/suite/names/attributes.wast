;; Explainer.md, "implements" and "external-id": a plain name may say which interface it stands for.
(component definition (import "a" (implements "x:y/z@1.0.0") (instance)) (import "b" (implements "x:y/z@1.0.0") (instance)))
(assert_invalid
  (component (import "a" (implements "nonsense") (instance)))
  "at byte 20 (0x14): `nonsense` is not a valid interface name for `implements`")
(assert_invalid
  (component (import "f" (implements "x:y/z") (func)))
  "at byte 18 (0x12): `implements` is only valid on an instance with a plain name")
(assert_invalid
  (component (import "a:b/c" (implements "x:y/z") (instance)))
  "at byte 16 (0x10): `implements` is only valid on an instance with a plain name")
