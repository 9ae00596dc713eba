;; CanonicalABI.md, "canon lift", callbacks: other codes trap, and WAIT needs a waitable set.
(component definition $D
  (core module $m
    (func (export "three") (result i32) (i32.const 3))
    (func (export "wait") (result i32) (i32.const 0x72 (; WAIT on 7 ;)))
    (func (export "cb") (param i32 i32 i32) (result i32) unreachable))
  (core instance $i (instantiate $m))
  (func (export "three") async
    (canon lift (core func $i "three") async (callback (core func $i "cb"))))
  (func (export "wait") async
    (canon lift (core func $i "wait") async (callback (core func $i "cb")))))
(component instance $a $D)
(assert_trap (invoke "three") "unsupported callback code")
(component instance $b $D)
(assert_trap (invoke "wait") "unknown handle index 7")
