;; Explainer.md, "own" and "borrow": of resource types.
(component definition (type $r (resource (rep i32))) (type (own $r)) (type (borrow $r)))
(assert_invalid
  (component (type $t u8) (type (own $t)))
  "at byte 13 (0xd): type index 0 is not a resource type, but a value type")
(assert_invalid
  (component (type $t (record (field "a" u8))) (type (borrow $t)))
  "at byte 17 (0x11): type index 0 is not a resource type, but a value type")
(assert_invalid
  (component (type (own 0)))
  "at byte 12 (0xc): unknown type 0: type index out of bounds")
