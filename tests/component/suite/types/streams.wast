;; Explainer.md, "stream" and "future": no borrows inside; a stream of characters is not there yet.
(component definition (type (stream)) (type (stream u8)) (type (future (tuple string u8))) (type (future)))
(assert_invalid
  (component (type (stream char)))
  "at byte 11 (0xb): `(stream char)` is not valid at this time")
(assert_invalid
  (component (type $r (resource (rep i32))) (type (stream (borrow $r))))
  "at byte 16 (0x10): stream types cannot contain a borrow: `borrow` is not allowed there")
(assert_invalid
  (component (type $r (resource (rep i32))) (type (future (option (borrow $r)))))
  "at byte 18 (0x12): future types cannot contain a borrow: `borrow` is not allowed there")
