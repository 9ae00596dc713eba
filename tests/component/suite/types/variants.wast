;; Explainer.md, "Type Definitions": variants and enums have cases, of distinct names.
(component definition (type (variant (case "a") (case "b" u8))) (type (enum "a" "b")))
(assert_invalid
  (component (type (variant)))
  "at byte 11 (0xb): variant type must have at least one case")
(assert_invalid
  (component (type (variant (case "a") (case "a"))))
  "at byte 17 (0x11): variant case name `a` conflicts with previous variant case name")
(assert_invalid
  (component (type (enum)))
  "at byte 11 (0xb): enum type must have at least one variant")
(assert_invalid
  (component (type (enum "x" "X")))
  "at byte 15 (0xf): enum tag name `X` conflicts with previous enum tag name")
