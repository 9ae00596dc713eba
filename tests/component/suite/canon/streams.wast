;; CanonicalABI.md, "canon stream.*" and "future.*": of a stream or future type; reads and writes need memory, reads
;; of strings realloc.
(component definition (type $s (stream)) (core func (canon stream.new $s)) (core func (canon stream.drop-readable $s)))
(assert_invalid
  (component (type $s u8) (core func (canon stream.new $s)))
  "at byte 16 (0x10): `stream` built-in requires a stream type")
(assert_invalid
  (component (type $s (stream)) (core func (canon future.new $s)))
  "at byte 17 (0x11): `future` built-in requires a future type")
(assert_invalid
  (component (type $s (stream u8)) (core func (canon stream.read $s async)))
  "at byte 17 (0x11): canonical option `memory` is required")
(assert_invalid
  (component (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (type $s (stream string)) (core func (canon stream.read $s async (memory (core memory $i "m")))))
  "at byte 157 (0x9d): canonical option `realloc` is required")
(component definition (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (type $s (stream string)) (core func (canon stream.write $s async (memory (core memory $i "m")))))
(assert_invalid
  (component (type $s (future u8)) (core func (canon future.write $s async)))
  "at byte 17 (0x11): canonical option `memory` is required")
