;; Explainer.md, "Name Uniqueness" and "label": words of letters and digits, joined by hyphens.
(component definition (import "a" (func)) (import "b-c3-D" (func)) (import "x1y" (func)))
(assert_invalid
  (component (import "" (func)))
  "at byte 18 (0x12): import name \"\" is not a valid extern name: it is empty")
(assert_invalid
  (component (import "-a" (func)))
  "at byte 18 (0x12): import name \"-a\" is not a valid extern name: it is not in kebab case")
(assert_invalid
  (component (import "a-" (func)))
  "at byte 18 (0x12): import name \"a-\" is not a valid extern name: it is not in kebab case")
(assert_invalid
  (component (import "a--b" (func)))
  "at byte 18 (0x12): import name \"a--b\" is not a valid extern name: it is not in kebab case")
(assert_invalid
  (component (import "aB" (func)))
  "at byte 18 (0x12): import name \"aB\" is not a valid extern name: it is not in kebab case")
(assert_invalid
  (component (import "ä" (func)))
  "at byte 18 (0x12): import name \"ä\" is not a valid extern name: it is not in kebab case")
(assert_invalid
  (component (import "1" (func)))
  "at byte 18 (0x12): import name \"1\" is not a valid extern name: it is not in kebab case")
(assert_invalid
  (component (import "a.b" (func)))
  "at byte 18 (0x12): import name \"a.b\" is not a valid extern name: it is not in kebab case")
