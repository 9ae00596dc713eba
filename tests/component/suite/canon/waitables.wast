;; CanonicalABI.md, "canon waitable-set.*": wait and poll write to a memory.
(component definition (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (core func (canon waitable-set.wait (memory (core memory $i "m")))))
(assert_invalid
  (component (core func (canon waitable-set.wait (memory 0))))
  "at byte 13 (0xd): unknown memory 0: memory index out of bounds")
(assert_invalid
  (component (core func (canon waitable-set.poll (memory 3))))
  "at byte 13 (0xd): unknown memory 3: memory index out of bounds")
