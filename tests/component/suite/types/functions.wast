;; Explainer.md, function types: distinct names of parameters; no borrow in a result.
(component definition (type (func async (param "a" u8) (result string))))
(assert_invalid
  (component (type (func (param "a" u8) (param "a" u8))))
  "at byte 16 (0x10): function parameter name `a` conflicts with previous function parameter name")
(assert_invalid
  (component (type (func (param "1a" u8))))
  "at byte 13 (0xd): function parameter name `1a` is not in kebab case")
(assert_invalid
  (component (type $r (resource (rep i32))) (type (func (result (borrow $r)))))
  "at byte 17 (0x11): function result cannot contain a `borrow` type")
(assert_invalid
  (component (type $r (resource (rep i32))) (type (func (result (list (borrow $r))))))
  "at byte 19 (0x13): function result cannot contain a `borrow` type")
(assert_invalid
  (component (type $f (func)) (type (list $f)))
  "at byte 16 (0x10): type index 0 is not a defined type, but a function type")
