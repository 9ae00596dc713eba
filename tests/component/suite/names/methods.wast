;; Explainer.md, annotated names: constructors, methods and statics belong to a resource in scope, and have its types.
(component definition (import "r" (type $r (sub resource))) (import "[constructor]r" (func (result (own $r)))) (import "[method]r.m" (func (param "self" (borrow $r)))) (import "[static]r.s" (func)))
(assert_invalid
  (component (import "[constructor]r" (func)))
  "at byte 18 (0x12): import name `[constructor]r` is not valid: function should return one value")
(assert_invalid
  (component (import "r" (type $r (sub resource))) (import "[constructor]r" (func)))
  "at byte 26 (0x1a): import name `[constructor]r` is not valid: function should return one value")
(assert_invalid
  (component (import "r" (type $r (sub resource))) (import "[method]r.m" (func)))
  "at byte 26 (0x1a): import name `[method]r.m` is not valid: function should have at least one argument")
(assert_invalid
  (component (import "r" (type $r (sub resource))) (import "[method]r.m" (func (param "x" (borrow $r)))))
  "at byte 31 (0x1f): import name `[method]r.m` is not valid: function should have a first argument called `self`")
(assert_invalid
  (component (import "r" (type $r (sub resource))) (import "[method]r.m" (func (param "self" (own $r)))))
  "at byte 34 (0x22): import name `[method]r.m` is not valid: function should take a first argument of `(borrow $")
(assert_invalid
  (component (import "r" (type $r (sub resource))) (import "[method]r" (func (param "self" (borrow $r)))))
  "at byte 34 (0x22): import name \"[method]r\" is not a valid extern name: failed to find `.` character")
(assert_invalid
  (component (import "r" (type $r (sub resource))) (import "[static]q.s" (func)))
  "at byte 26 (0x1a): import name `[static]q.s` is not valid: static resource name is not known in this context")
(assert_invalid
  (component (import "r" (type $r (sub resource))) (import "[other]r" (func)))
  "at byte 26 (0x1a): import name \"[other]r\" is not a valid extern name: unknown annotation `[other]`")
(assert_invalid
  (component (import "r" (type $r (sub resource))) (import "[static]r.s" (func)) (import "[method]r.s" (func (param "self" (borrow $r)))))
  "at byte 59 (0x3b): import name `[method]r.s` conflicts with previous name of an import")
(assert_invalid
  (component (import "r" (type $r (sub resource))) (import "[constructor]r" (instance)))
  "at byte 24 (0x18): import name `[constructor]r` is not valid: item is not a func")
