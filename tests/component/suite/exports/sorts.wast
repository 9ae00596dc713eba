;; Explainer.md, "Import and Export Definitions": functions, values, types, instances, components and modules; of
;; indices that are there.
(component definition (core module $m) (export "m" (core module $m)) (component $c) (export "c" (component $c)))
(assert_invalid
  (component (export "f" (func 0)))
  "at byte 14 (0xe): unknown function 0: function index out of bounds")
(assert_invalid
  (component (export "f" (instance 3)))
  "at byte 14 (0xe): unknown instance 3: instance index out of bounds")
(assert_invalid
  (component (export "t" (type 0)))
  "at byte 14 (0xe): unknown type 0: type index out of bounds")
