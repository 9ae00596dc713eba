;; CanonicalABI.md, "Tasks", entering: a call that needs no lock waits behind those that wait already, but not for what
;; they wait for.
(component
  (component $B
    (core module $m
      (import "" "new" (func $new (result i64)))
      (import "" "read" (func $read (param i32 i32 i32) (result i32)))
      (import "" "return" (func $return))
      (func (export "never") (result i32)
        (drop (call $read (i32.wrap_i64 (call $new)) (i32.const 0) (i32.const 1)))
        unreachable)
      (func (export "exclusive") (result i32) unreachable)
      (func (export "callback") (param i32 i32 i32) (result i32) unreachable)
      (func (export "free") (call $return)))
    (type $s (stream))
    (core func $new (canon stream.new $s))
    (core func $read (canon stream.read $s))
    (core func $return (canon task.return))
    (core instance $m (instantiate $m (with "" (instance
      (export "new" (func $new)) (export "read" (func $read)) (export "return" (func $return))))))
    (func (export "never") async (canon lift (core func $m "never") async (callback (core func $m "callback"))))
    (func (export "exclusive") async
      (canon lift (core func $m "exclusive") async (callback (core func $m "callback"))))
    (func (export "free") async (canon lift (core func $m "free") async)))
  (instance $b (instantiate $B))

  (component $A
    (import "b" (instance $b
      (export "never" (func async)) (export "exclusive" (func async)) (export "free" (func async))))
    (core module $memory (memory (export "memory") 1))
    (core instance $memory (instantiate $memory))
    (core func $never (canon lower (func $b "never") async))
    (core func $exclusive (canon lower (func $b "exclusive") async))
    (core func $free (canon lower (func $b "free") async))
    (core func $yield (canon thread.yield))
    (core func $set (canon waitable-set.new))
    (core func $join (canon waitable.join))
    (core func $poll (canon waitable-set.poll (memory (core memory $memory "memory"))))
    (core func $return (canon task.return (result u32)))
    (core module $m
      (import "" "memory" (memory 1))
      (import "" "never" (func $never (result i32)))
      (import "" "exclusive" (func $exclusive (result i32)))
      (import "" "free" (func $free (result i32)))
      (import "" "yield" (func $yield (result i32)))
      (import "" "set" (func $set (result i32)))
      (import "" "join" (func $join (param i32 i32)))
      (import "" "poll" (func $poll (param i32 i32) (result i32)))
      (import "" "return" (func $return (param i32)))
      (func $is (param i32 i32) (if (i32.ne (i32.and (local.get 0) (i32.const 15)) (local.get 1)) (then unreachable)))
      (func (export "run") (local $free i32) (local $set i32) (local $turns i32)
        (call $is (call $never) (i32.const 1 (; STARTED ;)))
        (call $is (call $exclusive) (i32.const 0 (; STARTING ;)))
        (local.set $free (call $free))
        (call $is (local.get $free) (i32.const 0 (; STARTING ;)))
        (local.set $set (call $set))
        (call $join (i32.shr_u (local.get $free) (i32.const 4)) (local.get $set))
        ;; Whoever is next in the end: it is its turn after some others.
        (local.set $turns (i32.const 1000))
        (loop $again
          (drop (call $yield))
          (if (i32.eqz (call $poll (local.get $set) (i32.const 0))) (then
            (br_if $again (local.tee $turns (i32.sub (local.get $turns) (i32.const 1))))
            unreachable)))
        ;; RETURNED
        (call $return (i32.load (i32.const 4)))))
    (core instance $m (instantiate $m (with "" (instance
      (export "memory" (memory $memory "memory"))
      (export "never" (func $never)) (export "exclusive" (func $exclusive)) (export "free" (func $free))
      (export "yield" (func $yield)) (export "set" (func $set)) (export "join" (func $join))
      (export "poll" (func $poll)) (export "return" (func $return))))))
    (func (export "run") async (result u32) (canon lift (core func $m "run") async)))
  (instance $a (instantiate $A (with "b" (instance $b))))
  (func (export "run") (alias export $a "run")))
(assert_return (invoke "run") (u32.const 2))
