;; CanonicalABI.md, "canon lift", post-return: takes what the function gave, gives nothing; of synchronous lifts
;; alone.
(component definition (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (func (result u8) (canon lift (core func $i "g") (post-return (core func $i "p")))))
(assert_invalid
  (component (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (func (result u8) (canon lift (core func $i "g") (post-return (core func $i "n")))))
  "at byte 164 (0xa4): canonical option `post-return` uses a core function with an incorrect signature: expected ")
(assert_invalid
  (component (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (func (result u8) (canon lift (core func $i "g") (post-return (core func $i "g")))))
  "at byte 164 (0xa4): canonical option `post-return` uses a core function with an incorrect signature: expected ")
(assert_invalid
  (component (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (import "f" (func $f)) (core func $l (canon lower (func $f) (post-return (core func $i "p")))))
  "at byte 166 (0xa6): canonical option `post-return` cannot be specified for lowerings")
(assert_invalid
  (component (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (func async (canon lift (core func $i "g") async (callback (core func $i "cb")) (post-return (core func $i "p")))))
  "at byte 180 (0xb4): cannot specify post-return function in async")
