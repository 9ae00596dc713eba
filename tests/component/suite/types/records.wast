;; Explainer.md, "Type Definitions": records have fields, of distinct names.
(component definition (type (record (field "a" u8) (field "b" (tuple string char)))))
(assert_invalid
  (component (type (record)))
  "at byte 11 (0xb): record type must have at least one field")
(assert_invalid
  (component (type (record (field "a" u8) (field "A" u8))))
  "at byte 16 (0x10): record field name `A` conflicts with previous record field name")
(assert_invalid
  (component (type (record (field "a-b" u8) (field "ab" u8))))
  "at byte 18 (0x12): record field name `ab` conflicts with previous record field name")
(assert_invalid
  (component (type (record (field "a_b" u8))))
  "at byte 13 (0xd): record field name `a_b` is not in kebab case")
(assert_invalid
  (component (type (tuple)))
  "at byte 11 (0xb): tuple type must have at least one type")
