;; CanonicalABI.md, "canon task.cancel": only after TASK_CANCELLED was delivered.
(component
  (core module $m
    (import "" "task.cancel" (func $cancel))
    (func (export "run") (result i32) (call $cancel) (i32.const 0))
    (func (export "cb") (param i32 i32 i32) (result i32) unreachable))
  (core func $cancel (canon task.cancel))
  (core instance $i (instantiate $m (with "" (instance (export "task.cancel" (func $cancel))))))
  (func (export "run") async (canon lift (core func $i "run") async (callback (core func $i "cb")))))
(assert_trap (invoke "run") "`task.cancel` called by task which has not been cancelled")
