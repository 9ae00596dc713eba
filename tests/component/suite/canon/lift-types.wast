;; CanonicalABI.md, "canon lift": the core function has the flattened type; a component function is what comes of it.
(component definition (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (func (param "a" u8) (param "b" u32) (canon lift (core func $i "f"))))
(assert_invalid
  (component (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (func (param "a" u8) (canon lift (core func $i "f"))))
  "at byte 161 (0xa1): lowered parameter types `(i32) -> ()` do not match the core function's type: the lift of f")
(assert_invalid
  (component (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (func (result u8) (canon lift (core func $i "f"))))
  "at byte 158 (0x9e): lowered parameter types `() -> (i32)` do not match the core function's type: the lift of f")
(assert_invalid
  (component (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (type $t u8) (func (type $t) (canon lift (core func $i "f"))))
  "at byte 155 (0x9b): type index 0 is not a function type")
(assert_invalid
  (component (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (func (canon lift (core func 9))))
  "at byte 149 (0x95): unknown core function 9: core function index out of bounds")
