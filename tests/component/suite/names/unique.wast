;; Explainer.md, "Name Uniqueness": case and hyphens do not tell names apart.
(component definition (import "a" (func)) (import "b" (func)))
(assert_invalid
  (component (import "a" (func)) (import "a" (func)))
  "at byte 33 (0x21): import name `a` conflicts with previous name of an import")
(assert_invalid
  (component (import "a" (func)) (import "A" (func)))
  "at byte 33 (0x21): import name `A` conflicts with previous name of an import")
(assert_invalid
  (component (import "a-b" (func)) (import "ab" (func)))
  "at byte 35 (0x23): import name `ab` conflicts with previous name of an import")
(assert_invalid
  (component (import "a:b/c" (func)) (import "a:b/c" (instance)))
  "at byte 35 (0x23): import name `a:b/c` conflicts with previous name of an import")
(assert_invalid
  (component (import "f" (func $f)) (export "x" (func $f)) (export "x" (func $f)))
  "at byte 32 (0x20): export name `x` conflicts with previous name of an export")
