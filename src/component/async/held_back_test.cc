// What crosses to an instance that waits in the middle of its code.
#include <gmock/gmock.h>

#include "component/testing/fixture.h"

namespace weir::component {
namespace {

using testing::TestJob;
using testing::World;

// A synchronous function of the host that waits until it is let through.
class Gate {
 public:
  OrTrap<void> pass(Call& call) {
    waiter = &call.waiter();
    while (!open) {
      if (!call.suspend()) return Trap::cancelled();
    }
    return {};
  }
  bool open = false;
  Waiter* waiter = nullptr;
};

Gate& gate_of(void* state) { return *static_cast<Gate*>(state); }

// The reader begins to read two strings and then waits for the host, in its own code. The writer
// writes them meanwhile.
constexpr std::string_view text = R"((component
  (import "test:host/gate" (instance $gate (export "pass" (func))))
  (component $Writer
    (type $words (stream string))
    (core module $mem (memory (export "mem") 1)
      (data (i32.const 0) "onetwo")
      (data (i32.const 16) "\00\00\00\00\03\00\00\00\03\00\00\00\03\00\00\00"))
    (core instance $mem (instantiate $mem))
    (core func $new (canon stream.new $words))
    (core func $write (canon stream.write $words async (memory (core memory $mem "mem"))))
    (core func $return (canon task.return (result $words)))
    (core module $m
      (import "" "new" (func $new (result i64)))
      (import "" "write" (func $write (param i32 i32 i32) (result i32)))
      (import "" "return" (func $return (param i32)))
      (global $w (mut i32) (i32.const 0))
      (func (export "open") (result i32) (local $both i64)
        (local.set $both (call $new))
        (global.set $w (i32.wrap_i64 (i64.shr_u (local.get $both) (i64.const 32))))
        (call $return (i32.wrap_i64 (local.get $both)))
        (i32.const 1 (; YIELD ;)))
      (func (export "cb") (param i32 i32 i32) (result i32)
        ;; Both cross at once.
        (if (i32.ne (call $write (global.get $w) (i32.const 16) (i32.const 2)) (i32.const 0x20))
          (then unreachable))
        (i32.const 0)))
    (core instance $i (instantiate $m (with "" (instance
      (export "new" (func $new)) (export "write" (func $write)) (export "return" (func $return))))))
    (func (export "open") async (result (stream string))
      (canon lift (core func $i "open") async (callback (core func $i "cb")))))
  (component $Reader
    (import "pass" (func $pass'))
    (import "open" (func $open' async (result (stream string))))
    (type $words (stream string))
    (core module $libc (memory (export "mem") 1)
      (global $next (mut i32) (i32.const 256))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (global.get $next)
        (global.set $next (i32.add (global.get $next) (local.get 3)))))
    (core instance $libc (instantiate $libc))
    (alias core export $libc "mem" (core memory $mem))
    (core func $pass (canon lower (func $pass')))
    (core func $open (canon lower (func $open')))
    (core func $read (canon stream.read $words async (memory $mem)
      (realloc (core func $libc "realloc"))))
    (core func $set (canon waitable-set.new))
    (core func $join (canon waitable.join))
    (core func $wait (canon waitable-set.wait (memory $mem)))
    (core module $m
      (import "" "mem" (memory 1))
      (import "" "pass" (func $pass))
      (import "" "open" (func $open (result i32)))
      (import "" "read" (func $read (param i32 i32 i32) (result i32)))
      (import "" "set" (func $set (result i32)))
      (import "" "join" (func $join (param i32 i32)))
      (import "" "wait" (func $wait (param i32 i32) (result i32)))
      ;; The two strings joined, or nothing if something is wrong.
      (func (export "run") (result i32) (local $s i32) (local $set i32)
        (local.set $s (call $open))
        (if (i32.ne (call $read (local.get $s) (i32.const 64) (i32.const 4)) (i32.const -1))
          (then unreachable))
        (call $pass)
        ;; Nothing has been lowered: the event has not been delivered.
        (if (i32.load (i32.const 68)) (then unreachable))
        (local.set $set (call $set))
        (call $join (local.get $s) (local.get $set))
        (drop (call $wait (local.get $set) (i32.const 0)))
        (if (i32.ne (i32.load (i32.const 4)) (i32.const 0x20)) (then unreachable))
        (memory.copy (i32.const 512) (i32.load (i32.const 64)) (i32.load (i32.const 68)))
        (memory.copy (i32.const 515) (i32.load (i32.const 72)) (i32.load (i32.const 76)))
        (i32.store (i32.const 32) (i32.const 512))
        (i32.store (i32.const 36) (i32.const 6))
        (i32.const 32)))
    (core instance $i (instantiate $m (with "" (instance
      (export "mem" (memory $mem)) (export "pass" (func $pass)) (export "open" (func $open))
      (export "read" (func $read)) (export "set" (func $set)) (export "join" (func $join))
      (export "wait" (func $wait))))))
    (func (export "run") async (result string) (canon lift (core func $i "run") (memory $mem))))
  (instance $w (instantiate $Writer))
  (instance $r (instantiate $Reader (with "pass" (func $gate "pass"))
    (with "open" (func $w "open"))))
  (func (export "run") (alias export $r "run"))))";

TEST(StreamElements, WithStringsWaitForAReaderThatWaitsInItsCode) {
  Linker linker;
  linker.interface<Gate>("test:host/gate", &gate_of).function<&Gate::pass>("pass");
  Gate gate;
  World world(text, linker, nullptr, &gate);
  std::string result;
  TestJob job([&](Instance& i) -> OrTrap<void> {
    result = WEIR_TRY_TRAP(i.call<std::string>(world.find("run")));
    return {};
  });
  world.instance->start(job);
  while (world.executor.drain() > 0) {
  }
  ASSERT_FALSE(job.ended) << job.message();
  gate.open = true;
  gate.waiter->wake();
  while (world.executor.drain() > 0) {
  }
  EXPECT_EQ(job.message(), "");
  EXPECT_EQ(result, "onetwo");
}

TEST(StreamElements, ThatWereHeldBackAreFreedWithTheInstance) {
  Linker linker;
  linker.interface<Gate>("test:host/gate", &gate_of).function<&Gate::pass>("pass");
  Gate gate;
  World world(text, linker, nullptr, &gate);
  TestJob job([&](Instance& i) -> OrTrap<void> {
    static_cast<void>(WEIR_TRY_TRAP(i.call<std::string>(world.find("run"))));
    return {};
  });
  world.instance->start(job);
  while (world.executor.drain() > 0) {
  }
  ASSERT_FALSE(job.ended);
  world.instance.reset();
}

}  // namespace
}  // namespace weir::component
