;; Explainer.md, "Alias Definitions": of an export that is there and of its sort.
(component definition (import "i" (instance $i (export "f" (func)))) (alias export $i "f" (func)))
(assert_invalid
  (component (import "i" (instance $i (export "f" (func)))) (alias export $i "g" (func)))
  "at byte 35 (0x23): instance 0 has no export named `g`")
(assert_invalid
  (component (import "i" (instance $i (export "f" (func)))) (alias export $i "f" (instance)))
  "at byte 35 (0x23): export `f` for instance 0 is not a instance")
(assert_invalid
  (component (alias export 0 "f" (func)))
  "at byte 11 (0xb): unknown instance 0: instance index out of bounds")
(assert_invalid
  (component (core module $m (func (export "f"))) (core instance $i (instantiate $m)) (alias core export $i "f" (core memory)))
  "at byte 61 (0x3d): export `f` for core instance 0 is not a memory")
(assert_invalid
  (component (core module $m (func (export "f"))) (core instance $i (instantiate $m)) (alias core export $i "g" (core func)))
  "at byte 61 (0x3d): core instance 0 has no export named `g`")
