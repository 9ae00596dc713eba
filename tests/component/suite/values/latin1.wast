;; CanonicalABI.md, "Loading", strings in latin1+utf16: the topmost bit of the length tells them apart.
(component definition $D
  (core module $m
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 32))
    (func (export "f") (param i32 i32) (result i32)
      (i32.store (i32.const 0) (local.get 0))
      (i32.store (i32.const 4) (local.get 1))
      (i32.const 0))
    (data (i32.const 64) "\e9\00\3d\d8\00\de"))
  (core instance $m (instantiate $m))
  (func (export "f") (param "at" u32) (param "count" u32) (result string)
    (canon lift (core func $m "f") (memory (core memory $m "memory")) (realloc (core func $m "realloc")) string-encoding=latin1+utf16)))
(component instance $a $D)
(assert_return (invoke $a "f" (u32.const 64) (u32.const 1)) (str.const "\u{e9}"))
(assert_return (invoke $a "f" (u32.const 64) (u32.const 0x80000003)) (str.const "\u{e9}\u{1f600}"))
(assert_trap (invoke $a "f" (u32.const 65) (u32.const 1)) "unaligned pointer 65, which needs an alignment of 2")
(component instance $b $D)
(assert_trap (invoke $b "f" (u32.const 66) (u32.const 0x80000001)) "unpaired surrogate in a utf-16 string")
