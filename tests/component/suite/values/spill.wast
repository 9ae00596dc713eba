;; CanonicalABI.md, "Flattening": more than 16 core parameters, or one core result, go through memory.
(component
  (core module $m
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "many") (param i32) (result i32)
      (i32.add (i32.load (local.get 0)) (i32.load offset=64 (local.get 0))))
    (func (export "pair") (result i32)
      (i32.store (i32.const 8) (i32.const 5)) (i32.store8 (i32.const 12) (i32.const 6)) (i32.const 8)))
  (core instance $m (instantiate $m))
  (func (export "many") (param "p0" u32) (param "p1" u32) (param "p2" u32) (param "p3" u32) (param "p4" u32) (param "p5" u32) (param "p6" u32) (param "p7" u32) (param "p8" u32) (param "p9" u32) (param "p10" u32) (param "p11" u32) (param "p12" u32) (param "p13" u32) (param "p14" u32) (param "p15" u32) (param "p16" u32) (result u32)
    (canon lift (core func $m "many") (memory (core memory $m "memory")) (realloc (core func $m "realloc"))))
  (func (export "pair") (result (tuple u32 u8)) (canon lift (core func $m "pair") (memory (core memory $m "memory")))))
(assert_return (invoke "many" (u32.const 100) (u32.const 1) (u32.const 2) (u32.const 3) (u32.const 4) (u32.const 5) (u32.const 6) (u32.const 7) (u32.const 8) (u32.const 9) (u32.const 10) (u32.const 11) (u32.const 12) (u32.const 13) (u32.const 14) (u32.const 15) (u32.const 17)) (u32.const 117))
(assert_return (invoke "pair") (tuple.const (u32.const 5) (u8.const 6)))
