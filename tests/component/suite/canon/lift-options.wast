;; CanonicalABI.md, "Canonical ABI Options": memory to read and write strings and lists, realloc to write them, each
;; once, of their types.
(component definition (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (func (param "s" string) (canon lift (core func $i "f") (memory (core memory $i "m")) (realloc (core func $i "r")))))
(assert_invalid
  (component (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (func (param "s" string) (canon lift (core func $i "f"))))
  "at byte 161 (0xa1): canonical option `memory` is required")
(assert_invalid
  (component (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (func (param "s" string) (canon lift (core func $i "f") (memory (core memory $i "m")))))
  "at byte 167 (0xa7): canonical option `realloc` is required")
(assert_invalid
  (component (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (func (param "s" string) (canon lift (core func $i "f") (realloc (core func $i "r")))))
  "at byte 173 (0xad): canonical option `memory` is required by `realloc` of lift")
(assert_invalid
  (component (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (func (param "s" string) (canon lift (core func $i "f") (memory (core memory $i "m")) (realloc (core func $i "f")))))
  "at byte 179 (0xb3): canonical option `realloc` uses a core function with an incorrect signature: expected (i32")
(assert_invalid
  (component (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (func (result string) (canon lift (core func $i "g"))))
  "at byte 158 (0x9e): canonical option `memory` is required")
(assert_invalid
  (component (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (func (canon lift (core func $i "n") string-encoding=utf8 string-encoding=utf16)))
  "at byte 163 (0xa3): canonical encoding option conflicts with a previous one")
(assert_invalid
  (component (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "f") (param i32 i32)) (func (export "g") (result i32) unreachable) (func (export "n")) (func (export "p") (param i32)) (func (export "cb") (param i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (func (canon lift (core func $i "n") (memory (core memory $i "m")) (memory (core memory $i "m")))))
  "at byte 176 (0xb0): canonical option `memory` is specified more than once: it conflicts with option `memory`")
