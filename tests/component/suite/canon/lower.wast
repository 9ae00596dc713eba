;; CanonicalABI.md, "canon lower": memory where values go through memory, realloc for results with strings and lists.
(component definition (import "f" (func $f (param "a" u8))) (core func (canon lower (func $f))))
(assert_invalid
  (component (import "f" (func $f (param "a" string))) (core func (canon lower (func $f))))
  "at byte 29 (0x1d): canonical option `memory` is required")
(assert_invalid
  (component (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (import "f" (func $f (result string))) (core func (canon lower (func $f) (memory (core memory $i "m")))))
  "at byte 166 (0xa6): canonical option `realloc` is required")
(assert_invalid
  (component (import "f" (func $f (result (tuple u8 u8)))) (core func (canon lower (func $f))))
  "at byte 30 (0x1e): canonical option `memory` is required")
(assert_invalid
  (component (core func (canon lower (func 0))))
  "at byte 11 (0xb): unknown function 0: function index out of bounds")
(assert_invalid
  (component (import "f" (func $f (param "a" u8))) (core func (canon lower (func $f) async)) (core module $m (import "" "f" (func (param i32)))) (core instance (instantiate $m (with "" (instance (export "f" (func 0)))))))
  "at byte 29 (0x1d): the `async` canonical option requires an async function type")
