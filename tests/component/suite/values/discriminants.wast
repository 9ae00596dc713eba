;; CanonicalABI.md, "Loading", variants: a discriminant is one of the cases, of a size by their number.
(component definition $D
  (core module $m
    (memory (export "memory") 1)
    (data (i32.const 16) "\01\00\00\00\2a\00\00\00")
    (data (i32.const 24) "\02")
    (func (export "f") (param i32) (result i32) (local.get 0)))
  (core instance $m (instantiate $m))
  (func (export "f") (param "at" u32) (result (result u32 (error u8)))
    (canon lift (core func $m "f") (memory (core memory $m "memory")))))
(component instance $a $D)
(assert_return (invoke $a "f" (u32.const 32)) (result.ok (u32.const 0)))
(assert_return (invoke $a "f" (u32.const 16)) (result.err (u8.const 42)))
(assert_trap (invoke $a "f" (u32.const 24)) "invalid variant discriminant")
(component instance $b $D)
(assert_trap (invoke $b "f" (u32.const 18)) "unaligned pointer 18, which needs an alignment of 4")
