// Long because the hostile guest imports every built-in.
#include <gmock/gmock.h>

#include <random>

#include "component/testing/fixture.h"
#include "component/value_call.h"

namespace weir::component {
namespace {

using testing::link_text;
using ::testing::Test;
using testing::test_engine;
using testing::TestJob;
using testing::World;

// What the guests of these tests import as `test:host/gate`.
class Gate {
 public:
  OrTrap<uint32_t> pass(Call& call, uint32_t value) {
    entered += 1;
    while (!open) {
      waiter = &call.waiter();
      if (!call.suspend()) return Trap::cancelled();
    }
    return value + 1;
  }
  void let_through() {
    open = true;
    if (waiter) waiter->wake();
  }

  bool open = false;
  int entered = 0;
  Waiter* waiter = nullptr;
};

Gate& gate_of(void* state) { return *static_cast<Gate*>(state); }

struct Async : Test {
  Async() { linker.interface<Gate>("test:host/gate", &gate_of).function<&Gate::pass>("pass"); }
  Linker linker;
  Gate gate;
};

// A component whose `run` calls `work` of another one asynchronously and waits for it; `work` calls
// the host, then computes for a while.
constexpr std::string_view composed = R"((component
  (import "test:host/gate" (instance $gate (export "pass" (func (param "v" u32) (result u32)))))
  (component $C
    (import "pass" (func $pass' (param "v" u32) (result u32)))
    (core func $pass (canon lower (func $pass')))
    (core func $return (canon task.return (result u32)))
    (core module $m
      (import "" "pass" (func $pass (param i32) (result i32)))
      (import "" "return" (func $return (param i32)))
      (func (export "work") (param $v i32) (param $rounds i32) (result i32)
        (local.set $v (call $pass (local.get $v)))
        (block $done (loop $again
          (br_if $done (i32.eqz (local.get $rounds)))
          (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
          (br $again)))
        (if (i32.eq (local.get $v) (i32.const 666)) (then unreachable))
        (call $return (local.get $v))
        (i32.const 0))
      (func (export "cb") (param i32 i32 i32) (result i32) unreachable))
    (core instance $i (instantiate $m (with "" (instance
      (export "pass" (func $pass)) (export "return" (func $return))))))
    (func (export "work") async (param "v" u32) (param "rounds" u32) (result u32)
      (canon lift (core func $i "work") async (callback (core func $i "cb")))))
  (component $D
    (import "work" (func $work' async (param "v" u32) (param "rounds" u32) (result u32)))
    (core module $mem (memory (export "mem") 1))
    (core instance $mem (instantiate $mem))
    (core func $work (canon lower (func $work') async (memory (core memory $mem "mem"))))
    (core func $new (canon waitable-set.new))
    (core func $join (canon waitable.join))
    (core func $drop-set (canon waitable-set.drop))
    (core func $drop (canon subtask.drop))
    (core func $wait (canon waitable-set.wait (memory (core memory $mem "mem"))))
    (core module $m
      (import "" "mem" (memory 1))
      (import "" "work" (func $work (param i32 i32 i32) (result i32)))
      (import "" "new" (func $new (result i32)))
      (import "" "join" (func $join (param i32 i32)))
      (import "" "wait" (func $wait (param i32 i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (import "" "drop-set" (func $drop-set (param i32)))
      (func (export "run") (param i32 i32) (result i32) (local $r i32) (local $s i32)
        (local.set $r (call $work (local.get 0) (local.get 1) (i32.const 64)))
        (if (i32.eq (local.get $r) (i32.const 2)) (then (return (i32.load (i32.const 64)))))
        (local.set $r (i32.shr_u (local.get $r) (i32.const 4)))
        (local.set $s (call $new))
        (call $join (local.get $r) (local.get $s))
        (drop (call $wait (local.get $s) (i32.const 0)))
        (call $drop (local.get $r))
        (call $drop-set (local.get $s))
        (i32.load (i32.const 64))))
    (core instance $i (instantiate $m (with "" (instance
      (export "mem" (memory $mem "mem")) (export "work" (func $work)) (export "new" (func $new))
      (export "join" (func $join)) (export "wait" (func $wait)) (export "drop" (func $drop))
      (export "drop-set" (func $drop-set))))))
    (func (export "run") async (param "v" u32) (param "rounds" u32) (result u32)
      (canon lift (core func $i "run"))))
  (instance $c (instantiate $C (with "pass" (func $gate "pass"))))
  (instance $d (instantiate $D (with "work" (func $c "work"))))
  (func (export "run") (alias export $d "run"))))";

std::vector<Value> numbers(std::initializer_list<uint32_t> values) {
  std::vector<Value> result;
  for (uint32_t value : values) result.emplace_back().bits = value;
  return result;
}

TEST_F(Async, ReturnsAtOnceWhatIsThereAtOnce) {
  gate.open = true;
  World world(composed, linker, nullptr, &gate);
  uint64_t result = 0;
  TestJob job([&](Instance& i) -> OrTrap<void> {
    std::vector<Value> arguments = numbers({41, 0});
    Value value = WEIR_TRY_TRAP(call_values(i, world.find("run"), arguments));
    result = value.bits;
    return {};
  });
  EXPECT_EQ(world.finish(job), "");
  EXPECT_EQ(result, 42u);
}

TEST_F(Async, WaitsWhileACalleeWaitsForTheHost) {
  World world(composed, linker, nullptr, &gate);
  uint64_t result = 0;
  TestJob job([&](Instance& i) -> OrTrap<void> {
    std::vector<Value> arguments = numbers({1, 0});
    Value value = WEIR_TRY_TRAP(call_values(i, world.find("run"), arguments));
    result = value.bits;
    return {};
  });
  world.instance->start(job);
  while (world.executor.drain() > 0) {
  }
  EXPECT_FALSE(job.ended);
  EXPECT_EQ(gate.entered, 1);
  gate.let_through();
  while (world.executor.drain() > 0) {
  }
  EXPECT_TRUE(job.ended);
  EXPECT_EQ(job.message(), "");
  EXPECT_EQ(result, 2u);
}

TEST_F(Async, GoesOnRightlyAfterTheClockEndedTheTurnOfACallee) {
  gate.open = true;
  World world(composed, linker, nullptr, &gate);
  uint64_t result = 0;
  TestJob job([&](Instance& i) -> OrTrap<void> {
    std::vector<Value> arguments = numbers({5, 300'000'000});
    Value value = WEIR_TRY_TRAP(call_values(i, world.find("run"), arguments));
    result = value.bits;
    return {};
  });
  EXPECT_EQ(world.finish(job), "");
  EXPECT_EQ(result, 6u);
}

TEST_F(Async, EndsEverythingWhenACalleeTraps) {
  World world(composed, linker, nullptr, &gate);
  TestJob job([&](Instance& i) -> OrTrap<void> {
    std::vector<Value> arguments = numbers({665, 0});
    static_cast<void>(WEIR_TRY_TRAP(call_values(i, world.find("run"), arguments)));
    return {};
  });
  world.instance->start(job);
  while (world.executor.drain() > 0) {
  }
  gate.let_through();
  while (world.executor.drain() > 0) {
  }
  ASSERT_TRUE(job.ended);
  EXPECT_THAT(job.message(), ::testing::HasSubstr("unreachable"));
}

TEST_F(Async, CanBeCancelledAndDestroyedInTheMiddleOfEverything) {
  for (bool cancel : {true, false}) {
    gate = {};
    World world(composed, linker, nullptr, &gate);
    TestJob job([&](Instance& i) -> OrTrap<void> {
      std::vector<Value> arguments = numbers({1, 0});
      static_cast<void>(WEIR_TRY_TRAP(call_values(i, world.find("run"), arguments)));
      return {};
    });
    world.instance->start(job);
    while (world.executor.drain() > 0) {
    }
    ASSERT_FALSE(job.ended);
    if (cancel) {
      world.instance->cancel();
      EXPECT_TRUE(job.ended);
      EXPECT_EQ(job.trap.kind(), Trap::Kind::cancelled);
    }
    world.instance.reset();
  }
}

TEST_F(Async, LeavesNothingBehindAfterManyCallsTrapsAndCancellations) {
  auto linked = link_text(composed, linker);
  ASSERT_TRUE(linked);
  std::minstd_rand random(1);
  for (int round = 0; round < 300; ++round) {
    ManualExecutor executor;
    gate = {};
    gate.open = random() % 2 == 0;
    std::optional<Instance> instance;
    instance.emplace(test_engine(), *linked, InstanceOptions{.executor = executor, .state = &gate});
    uint32_t value = random() % 3 == 0 ? 665 : 7;
    TestJob job([&](Instance& i) -> OrTrap<void> {
      std::vector<Value> arguments = numbers({value, 0});
      static_cast<void>(WEIR_TRY_TRAP(call_values(i, *linked->find("", "run"), arguments)));
      return {};
    });
    instance->start(job);
    while (executor.drain() > 0) {
    }
    switch (random() % 3) {
      case 0:
        gate.let_through();
        while (executor.drain() > 0) {
        }
        EXPECT_TRUE(job.ended);
        break;
      case 1:
        instance->cancel();
        break;
      default:
        break;
    }
    instance.reset();
  }
  EXPECT_EQ(test_engine().metrics().core_instances, 0u);
  EXPECT_EQ(test_engine().metrics().stacks, 0u);
}

// Every built-in, called with whatever a seed says.
constexpr std::string_view hostile = R"((component
  (core module $mem (memory (export "mem") 1))
  (core instance $mem (instantiate $mem))
  (type $s (stream u8))
  (type $f (future u32))
  (core func $b0 (canon stream.new $s))
  (core func $b1 (canon future.new $f))
  (core func $b2 (canon waitable-set.new))
  (core func $b3 (canon stream.read $s async (memory (core memory $mem "mem"))))
  (core func $b4 (canon stream.write $s async (memory (core memory $mem "mem"))))
  (core func $b5 (canon future.read $f async (memory (core memory $mem "mem"))))
  (core func $b6 (canon future.write $f async (memory (core memory $mem "mem"))))
  (core func $b7 (canon stream.cancel-read $s))
  (core func $b8 (canon stream.cancel-write $s))
  (core func $b9 (canon future.cancel-read $f))
  (core func $b10 (canon future.cancel-write $f))
  (core func $b11 (canon stream.drop-readable $s))
  (core func $b12 (canon stream.drop-writable $s))
  (core func $b13 (canon future.drop-readable $f))
  (core func $b14 (canon future.drop-writable $f))
  (core func $b15 (canon waitable.join))
  (core func $b16 (canon waitable-set.poll (memory (core memory $mem "mem"))))
  (core func $b17 (canon waitable-set.drop))
  (core func $b18 (canon subtask.drop))
  (core func $b19 (canon subtask.cancel))
  (core func $b20 (canon backpressure.inc))
  (core func $b21 (canon backpressure.dec))
  (core func $b22 (canon thread.yield))
  (core func $b23 (canon waitable-set.wait (memory (core memory $mem "mem"))))
  (core func $b24 (canon task.cancel))
  (core module $m
    (import "" "b0" (func $b0 (result i64)))
    (import "" "b1" (func $b1 (result i64)))
    (import "" "b2" (func $b2 (result i32)))
    (import "" "b3" (func $b3 (param i32 i32 i32) (result i32)))
    (import "" "b4" (func $b4 (param i32 i32 i32) (result i32)))
    (import "" "b5" (func $b5 (param i32 i32) (result i32)))
    (import "" "b6" (func $b6 (param i32 i32) (result i32)))
    (import "" "b7" (func $b7 (param i32) (result i32)))
    (import "" "b8" (func $b8 (param i32) (result i32)))
    (import "" "b9" (func $b9 (param i32) (result i32)))
    (import "" "b10" (func $b10 (param i32) (result i32)))
    (import "" "b11" (func $b11 (param i32)))
    (import "" "b12" (func $b12 (param i32)))
    (import "" "b13" (func $b13 (param i32)))
    (import "" "b14" (func $b14 (param i32)))
    (import "" "b15" (func $b15 (param i32 i32)))
    (import "" "b16" (func $b16 (param i32 i32) (result i32)))
    (import "" "b17" (func $b17 (param i32)))
    (import "" "b18" (func $b18 (param i32)))
    (import "" "b19" (func $b19 (param i32) (result i32)))
    (import "" "b20" (func $b20))
    (import "" "b21" (func $b21))
    (import "" "b22" (func $b22 (result i32)))
    (import "" "b23" (func $b23 (param i32 i32) (result i32)))
    (import "" "b24" (func $b24))
    (func (export "step") (param $op i32) (param $a i32) (param $b i32) (param $c i32)
      (block $24 (block $23 (block $22 (block $21 (block $20 (block $19 (block $18 (block $17
      (block $16 (block $15 (block $14 (block $13 (block $12 (block $11 (block $10 (block $9
      (block $8 (block $7 (block $6 (block $5 (block $4 (block $3 (block $2 (block $1 (block $0
        (br_table $0 $1 $2 $3 $4 $5 $6 $7 $8 $9 $10 $11 $12 $13 $14 $15 $16 $17 $18 $19 $20 $21
          $22 $23 $24 (local.get $op)))
      (drop (call $b0)) (return))
      (drop (call $b1)) (return))
      (drop (call $b2)) (return))
      (drop (call $b3 (local.get $a) (local.get $b) (local.get $c))) (return))
      (drop (call $b4 (local.get $a) (local.get $b) (local.get $c))) (return))
      (drop (call $b5 (local.get $a) (local.get $b))) (return))
      (drop (call $b6 (local.get $a) (local.get $b))) (return))
      (drop (call $b7 (local.get $a))) (return))
      (drop (call $b8 (local.get $a))) (return))
      (drop (call $b9 (local.get $a))) (return))
      (drop (call $b10 (local.get $a))) (return))
      (call $b11 (local.get $a)) (return))
      (call $b12 (local.get $a)) (return))
      (call $b13 (local.get $a)) (return))
      (call $b14 (local.get $a)) (return))
      (call $b15 (local.get $a) (local.get $b)) (return))
      (drop (call $b16 (local.get $a) (local.get $b))) (return))
      (call $b17 (local.get $a)) (return))
      (call $b18 (local.get $a)) (return))
      (drop (call $b19 (local.get $a))) (return))
      (call $b20) (return))
      (call $b21) (return))
      (drop (call $b22)) (return))
      (drop (call $b23 (local.get $a) (local.get $b))) (return))
      (call $b24)))
  (core instance $i (instantiate $m (with "" (instance
    (export "b0" (func $b0)) (export "b1" (func $b1)) (export "b2" (func $b2))
    (export "b3" (func $b3)) (export "b4" (func $b4)) (export "b5" (func $b5))
    (export "b6" (func $b6)) (export "b7" (func $b7)) (export "b8" (func $b8))
    (export "b9" (func $b9)) (export "b10" (func $b10)) (export "b11" (func $b11))
    (export "b12" (func $b12)) (export "b13" (func $b13)) (export "b14" (func $b14))
    (export "b15" (func $b15)) (export "b16" (func $b16)) (export "b17" (func $b17))
    (export "b18" (func $b18)) (export "b19" (func $b19)) (export "b20" (func $b20))
    (export "b21" (func $b21)) (export "b22" (func $b22)) (export "b23" (func $b23))
    (export "b24" (func $b24))))))
  (func (export "step") (param "op" u32) (param "a" u32) (param "b" u32) (param "c" u32)
    (canon lift (core func $i "step")))
  (func (export "step-async") async (param "op" u32) (param "a" u32) (param "b" u32)
    (param "c" u32) (canon lift (core func $i "step")))))";

TEST_F(Async, SurvivesGuestsThatCallBuiltInsWithAnyHandle) {
  auto linked = link_text(hostile, linker);
  ASSERT_TRUE(linked);
  std::minstd_rand random(7);
  int steps = 0;
  constexpr int kGuests = 400;
  constexpr int kFirstSteps = 8;
  for (int guest = 0; guest < kGuests; ++guest) {
    ManualExecutor executor;
    Instance instance(test_engine(), *linked, InstanceOptions{.executor = executor});
    int age = 0;
    for (bool ended = false; !ended; ++steps, ++age) {
      // It makes handles first.
      uint32_t op = static_cast<uint32_t>(age < kFirstSteps ? random() % 3 : random() % 25);
      std::vector<Value> arguments =
          numbers({op, static_cast<uint32_t>(random() % 20),
                   static_cast<uint32_t>(random() % 16 * 8), static_cast<uint32_t>(random() % 5)});
      bool is_async = random() % 2 == 0;
      TestJob job([&](Instance& i) -> OrTrap<void> {
        ExportId id = *linked->find("", is_async ? "step-async" : "step");
        static_cast<void>(WEIR_TRY_TRAP(call_values(i, id, arguments)));
        return {};
      });
      instance.start(job);
      for (int turns = 0; !job.ended && turns < 100; ++turns) executor.drain();
      ASSERT_TRUE(job.ended);
      ended = static_cast<bool>(job.trap);
    }
  }
  EXPECT_GT(steps, kGuests * kFirstSteps);
}

}  // namespace
}  // namespace weir::component
