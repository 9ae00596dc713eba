;; CanonicalABI.md, "canon task.return": memory where the result is read from it; no realloc; no borrow; context slots
;; are two.
(component definition (core func (canon task.return (result u8))) (core func (canon task.cancel)) (core func (canon context.get i32 1)))
(assert_invalid
  (component (core func (canon task.return (result string))))
  "at byte 11 (0xb): canonical option `memory` is required")
(assert_invalid
  (component (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (core func (canon task.return (realloc (core func $i "r")))))
  "at byte 157 (0x9d): canonical option `memory` is required by `realloc` of task.return")
(assert_invalid
  (component (core func (canon context.get i32 2)))
  "at byte 13 (0xd): immediate must be 0 or 1: 2")
(assert_invalid
  (component (core func (canon context.set i32 9)))
  "at byte 13 (0xd): immediate must be 0 or 1: 9")
