;; Explainer.md, "map": keys are bool, integers, char and string; values hold no handle.
(component definition (type (map string (list u8))) (type (map bool f32)) (type (map char u8)))
(assert_invalid
  (component (type (map f32 u8)))
  "at byte 12 (0xc): invalid map key type")
(assert_invalid
  (component (type (map (list u8) u8)))
  "at byte 14 (0xe): invalid map key type")
(assert_invalid
  (component (type $r (resource (rep i32))) (type (map u8 (own $r))))
  "at byte 16 (0x10): the values of a map cannot contain handles")
