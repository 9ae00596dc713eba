;; Explainer.md, "Type Checking": abstract resources of a component are what it is given; two of one name are two.
(component definition (type $r (resource (rep i32))) (component $c (import "r" (type $r (sub resource))) (import "f" (func (param "x" (own $r))))) (import "q" (type $q (sub resource))) (import "f" (func $f (param "x" (own $q)))) (instance (instantiate $c (with "r" (type $q)) (with "f" (func $f)))))
(assert_invalid
  (component (import "q" (type $q (sub resource))) (import "p" (type $p (sub resource))) (import "f" (func $f (param "x" (own $q)))) (component $c (import "r" (type $r (sub resource))) (import "f" (func (param "x" (own $r))))) (instance (instantiate $c (with "r" (type $p)) (with "f" (func $f)))))
  "at byte 110 (0x6e): type mismatch for import `f`: expected the type func(x: own<resource 1>), found func(x: ow")
(assert_invalid
  (component (type $t u8) (component $c (import "r" (type (sub resource)))) (instance (instantiate $c (with "r" (type $t)))))
  "at byte 54 (0x36): type mismatch for import `r`: expected a resource, found a value type")
