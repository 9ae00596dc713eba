;; CanonicalABI.md, "canon resource.*": new and rep are for the component that defines the resource, drop for
;; everybody.
(component definition (import "r" (type $r (sub resource))) (core func (canon resource.drop $r)) (type $o (resource (rep i32))) (core func (canon resource.new $o)) (core func (canon resource.rep $o)))
(assert_invalid
  (component (import "r" (type $r (sub resource))) (core func (canon resource.new $r)))
  "at byte 19 (0x13): not a local resource: type index is not a resource that this component defines")
(assert_invalid
  (component (import "r" (type $r (sub resource))) (core func (canon resource.rep $r)))
  "at byte 19 (0x13): not a local resource: type index is not a resource that this component defines")
(assert_invalid
  (component (type $t u8) (core func (canon resource.drop $t)))
  "at byte 16 (0x10): type index 0 is not a resource type, but a value type")
(assert_invalid
  (component (core func (canon resource.drop 0)))
  "at byte 12 (0xc): unknown type 0: type index out of bounds")
