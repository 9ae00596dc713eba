;; Explainer.md, interface names: namespace, package, interface, a version.
(component definition (import "a:b/c" (instance)) (import "a:b/c@1.2.3" (instance)) (import "a-x:b-y/c-z@0.1.0-rc.1+b" (instance)))
(assert_invalid
  (component (import "a:b" (instance)))
  "at byte 16 (0x10): import name \"a:b\" is not a valid extern name: expected `/` after the package name")
(assert_invalid
  (component (import "a:/c" (instance)))
  "at byte 16 (0x10): import name \"a:/c\" is not a valid extern name: the package is not in lower-case kebab cas")
(assert_invalid
  (component (import "a:b/c@" (instance)))
  "at byte 16 (0x10): import name \"a:b/c@\" is not a valid extern name: `` is not a version")
(assert_invalid
  (component (import "a:b/c@1.x" (instance)))
  "at byte 16 (0x10): import name \"a:b/c@1.x\" is not a valid extern name: `1.x` is not a version")
(assert_invalid
  (component (import "a:B/c" (instance)))
  "at byte 16 (0x10): import name \"a:B/c\" is not a valid extern name: the package is not in lower-case kebab ca")
(assert_invalid
  (component (import "a:b/c@01.2.3" (instance)))
  "at byte 16 (0x10): import name \"a:b/c@01.2.3\" is not a valid extern name: `01.2.3` is not a version")
