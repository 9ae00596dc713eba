;; Explainer.md, fixed-length lists: not of length zero.
(component definition (type (list u8 3)))
(assert_invalid
  (component (type (list u8 0)))
  "at byte 11 (0xb): fixed length lists must have more than zero elements")
