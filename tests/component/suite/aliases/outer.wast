;; Explainer.md, "Alias Definitions", outer: of types, modules and components, not beyond the outermost, and of no
;; resource.
(component definition (type $t u8) (component (alias outer 1 $t (type)) (type (list 0))))
(assert_invalid
  (component (alias outer 1 0 (type)))
  "at byte 11 (0xb): invalid outer alias count of 1")
(assert_invalid
  (component (type $t u8) (component (alias outer 1 1 (type))))
  "at byte 25 (0x19): unknown type 1: type index out of bounds")
(assert_invalid
  (component (type $r (resource (rep i32))) (component (alias outer 1 $r (type))))
  "at byte 27 (0x1b): cannot alias outer type which transitively refers to resources not defined in the current c")
(assert_invalid
  (component (type $r (resource (rep i32))) (type $o (own $r)) (component (alias outer 1 $o (type))))
  "at byte 29 (0x1d): cannot alias outer type which transitively refers to resources not defined in the current c")
