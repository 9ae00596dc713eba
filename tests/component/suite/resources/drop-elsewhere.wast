;; CanonicalABI.md, "canon resource.drop" and "Storing": a destructor, and the realloc of a caller, may run while other
;; code of their instance is on another stack: they have a whole stack, and one that never ends is a trap.
(component definition $D
  ;; Its store owns the stack that calls begin on.
  (component $first
    (core module $m)
    (core instance $m (instantiate $m)))
  (instance $first (instantiate $first))

  (component $second
  (core module $memory
    (memory (export "memory") 1)
    (global $depth (export "depth") (mut i32) (i32.const 0))
    (global $destroyed (export "destroyed") (mut i32) (i32.const 0))
    (func $deep (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))
        (else (i32.const 0))))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (drop (call $deep (global.get $depth)))
      (i32.const 1024))
    (func (export "destroy") (param i32)
      (drop (call $deep (global.get $depth)))
      (global.set $destroyed (i32.add (global.get $destroyed) (local.get 0)))))
  (core instance $memory (instantiate $memory))
  (type $r (resource (rep i32) (dtor (core func $memory "destroy"))))

  (component $callee
    (import "r" (type $r (sub resource)))
    (core func $drop (canon resource.drop $r))
    (core module $memory (memory (export "memory") 1) (data (i32.const 8) "abc"))
    (core instance $memory (instantiate $memory))
    (core func $return-text (canon task.return (result string) (memory (core memory $memory "memory"))))
    (core func $return (canon task.return))
    (core module $m
      (import "" "drop" (func $drop (param i32)))
      (import "" "return" (func $return))
      (import "" "return-text" (func $return-text (param i32 i32)))
      (func (export "callback") (param i32 i32 i32) (result i32) unreachable)
      (func (export "take") (param i32) (result i32)
        (call $drop (local.get 0))
        (call $return)
        (i32.const 0))
      (func (export "text") (result i32)
        (call $return-text (i32.const 8) (i32.const 3))
        (i32.const 0)))
    (core instance $m (instantiate $m (with "" (instance
      (export "drop" (func $drop)) (export "return" (func $return)) (export "return-text" (func $return-text))))))
    (func (export "take") async (param "r" (own $r))
      (canon lift (core func $m "take") async (callback (core func $m "callback"))))
    (func (export "text") async (result string)
      (canon lift (core func $m "text") async (memory (core memory $memory "memory"))
        (callback (core func $m "callback")))))
  (instance $callee (instantiate $callee (with "r" (type $r))))

  (core func $new (canon resource.new $r))
  (core func $take (canon lower (func $callee "take") async))
  (core func $text (canon lower (func $callee "text") async
    (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))
  (core module $m
    (import "" "memory" (memory 1))
    (import "" "depth" (global $depth (mut i32)))
    (import "" "destroyed" (global $destroyed (mut i32)))
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "take" (func $take (param i32) (result i32)))
    (import "" "text" (func $text (param i32) (result i32)))
    (func (export "drop") (param i32) (result i32)
      (global.set $depth (local.get 0))
      (if (i32.ne (call $take (call $new (i32.const 42))) (i32.const 2)) (then unreachable))
      (global.get $destroyed))
    (func (export "receive") (param i32) (result i32)
      (global.set $depth (local.get 0))
      (if (i32.ne (call $text (i32.const 16)) (i32.const 2)) (then unreachable))
      (if (i32.ne (i32.load (i32.const 16)) (i32.const 1024)) (then unreachable))
      (i32.load8_u (i32.const 1024))))
  (core instance $m (instantiate $m (with "" (instance
    (export "memory" (memory $memory "memory")) (export "depth" (global $memory "depth"))
    (export "destroyed" (global $memory "destroyed"))
    (export "new" (func $new)) (export "take" (func $take)) (export "text" (func $text))))))
  (func (export "drop") (param "depth" u32) (result u32) (canon lift (core func $m "drop")))
  (func (export "receive") (param "depth" u32) (result u32) (canon lift (core func $m "receive"))))

  (instance $second (instantiate $second))
  (func (export "drop") (alias export $second "drop"))
  (func (export "receive") (alias export $second "receive")))

(component instance $a $D)
(assert_return (invoke $a "drop" (u32.const 1000)) (u32.const 42))
(assert_return (invoke $a "receive" (u32.const 1000)) (u32.const 97))
(assert_return (invoke $a "drop" (u32.const 1000)) (u32.const 84))
(assert_trap (invoke $a "drop" (u32.const 100000000)) "stack overflowed")
(component instance $b $D)
(assert_trap (invoke $b "receive" (u32.const 100000000)) "stack overflowed")
