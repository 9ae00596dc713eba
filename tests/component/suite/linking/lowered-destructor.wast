;; Explainer.md, "resource": a built-in as the destructor of a component that has no core instance of its own.
(component definition
  (component $A
    (type $r (resource (rep i32)))
    (canon resource.drop $r (core func $drop))
    (type $s' (resource (rep i32) (dtor (core func $drop))))
    (export "s" (type $s')))
  (instance (instantiate $A)))
(component instance $i)
