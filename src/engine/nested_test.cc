// Stores that run on the fiber of another store: calls between component instances.

#include "engine/testing/fixture.h"

namespace weir::engine {
namespace {

using testing::block;
using testing::Guest;
using testing::make_engine;
using testing::Program;
using testing::Request;
using Progress = Fiber::Progress;

constexpr std::string_view callee_text = R"((module
  (import "h" "block" (func $block (param i32) (result i32)))
  (func (export "run") (param i32) (result i32) (call $block (local.get 0)))
  (func (export "trap") (param i32) (result i32) (drop (call $block (local.get 0))) (unreachable))
  (func (export "spin") (param i32) (result i32) (loop $l (br $l)) (unreachable))))";

constexpr std::string_view caller_text = R"((module
  (import "h" "cross" (func $cross (param i32) (result i32)))
  (func (export "run") (param i32) (result i32) (i32.add (call $cross (local.get 0)) (i32.const 5)))))";

// A store whose guest calls into another store on its own fiber.
struct Pair {
  Pair(Engine& engine, const Program& caller, const Program& callee, std::string export_name)
      : outer(engine, caller, this),
        inner(engine, callee, this),
        export_name(std::move(export_name)) {}
  Guest outer, inner;
  std::string export_name;
};

Trap cross(Store& store, int32_t& value) {
  Pair& pair = store.owner_as<Pair>();
  return pair.inner.call(store.fiber(), pair.export_name, value);
}

struct NestedStores : ::testing::Test {
  std::unique_ptr<Engine> engine = make_engine();
  Program callee{*engine, callee_text, {block}};
  Program caller{*engine, caller_text, {cross}};
};

TEST_F(NestedStores, SuspendThroughTheStoreThatOwnsTheFiber) {
  Pair p(*engine, caller, callee, "run"), q(*engine, caller, callee, "run");
  Request first(p.outer, "run", 2), second(q.outer, "run", 3);
  first.fiber.resume();
  second.fiber.resume();
  first.fiber.resume();
  second.fiber.resume();
  EXPECT_FALSE(p.inner.store.open());
  EXPECT_FALSE(p.outer.store.open());
  EXPECT_EQ(first.run_on(), Progress::done);
  EXPECT_EQ(first.value, 105);
  EXPECT_TRUE(p.inner.store.open());
  EXPECT_EQ(second.run_on(), Progress::blocked);
  EXPECT_EQ(second.run_on(), Progress::done);
  EXPECT_EQ(second.value, 105);
}

TEST_F(NestedStores, PassATrapToTheirCallerWithTheFramesOfBoth) {
  Pair p(*engine, caller, callee, "trap"), q(*engine, caller, callee, "run");
  Request first(p.outer, "run", 1), second(q.outer, "run", 2);
  first.fiber.resume();
  second.fiber.resume();
  EXPECT_EQ(first.run_on(), Progress::done);
  ASSERT_TRUE(first.trap);
  EXPECT_EQ(first.trap.kind(), Trap::Kind::wasm);
  EXPECT_EQ(first.trap.code(), TrapCode::unreachable);
  ASSERT_EQ(first.trap.frames().size(), 2u);
  second.finish();
  EXPECT_EQ(second.value, 105);
}

TEST_F(NestedStores, AreUnwoundWhenTheFiberIsCancelled) {
  Pair p(*engine, caller, callee, "run"), q(*engine, caller, callee, "run");
  Request first(p.outer, "run", 2), second(q.outer, "run", 1);
  first.fiber.resume();
  second.fiber.resume();
  first.fiber.cancel();
  EXPECT_EQ(first.trap.kind(), Trap::Kind::cancelled);
  EXPECT_TRUE(p.inner.store.open());
  second.finish();
  EXPECT_EQ(second.value, 105);
}

TEST_F(NestedStores, ArePreemptedAndEndAtTheCpuLimit) {
  Pair p(*engine, caller, callee, "spin"), q(*engine, caller, callee, "run");
  Request spinner(p.outer, "run", 0), other(q.outer, "run", 3);
  spinner.fiber.set_cpu_limit(60'000'000);
  int turns = 0;
  while (spinner.fiber.resume() == Progress::preempted) {
    turns++;
    EXPECT_FALSE(p.inner.store.open());
    if (!other.fiber.done()) other.fiber.resume();
  }
  EXPECT_GE(turns, 1);
  EXPECT_TRUE(spinner.fiber.done());
  ASSERT_TRUE(spinner.trap);
  EXPECT_EQ(spinner.trap.kind(), Trap::Kind::cpu_limit);
  if (!other.fiber.done()) other.finish();
  EXPECT_EQ(other.value, 105);
}

TEST_F(NestedStores, AreClosedToOthersWhileTheyAreSuspended) {
  Pair p(*engine, caller, callee, "run");
  Request first(p.outer, "run", 1);
  first.fiber.resume();
  Guest third(*engine, callee);
  struct Intruder : FiberBody {
    Intruder(Guest& host, Guest& target) : target(target), fiber(host.store, *this) {}
    void run(Fiber& fiber) override {
      int32_t value = 0;
      trap = target.call(fiber, "run", value);
    }
    Guest& target;
    Trap trap;
    Fiber fiber;
  } intruder(third, p.inner);
  EXPECT_EQ(intruder.fiber.resume(), Progress::done);
  ASSERT_TRUE(intruder.trap);
  EXPECT_EQ(intruder.trap.kind(), Trap::Kind::host);
  first.finish();
  EXPECT_EQ(first.value, 105);
}

TEST_F(NestedStores, MayEnterAnOwnerThatWaitsOpen) {
  Program waiting(*engine, callee_text, {[](Store& store, int32_t& value) -> Trap {
    if (value == 0) return {};
    if (!store.fiber().suspend(Fiber::While::owner_open)) return Trap::cancelled();
    value = 50;
    return {};
  }});
  Guest waiter(*engine, waiting);
  Request wait(waiter, "run", 1);
  wait.fiber.resume();
  EXPECT_TRUE(waiter.store.open());
  // Another store's fiber calls an export of the waiting instance, which returns at once.
  Program visitor(*engine, caller_text, {[&](Store& store, int32_t& value) -> Trap {
    return waiter.call(store.fiber(), "run", value);
  }});
  Guest guest(*engine, visitor);
  Request visit(guest, "run", 0);
  EXPECT_EQ(visit.run_on(), Progress::done);
  EXPECT_EQ(visit.value, 5);
  EXPECT_EQ(wait.run_on(), Progress::done);
  EXPECT_EQ(wait.value, 50);
}

TEST(TwoFibersOnOneStore, InterleaveInAnyOrder) {
  auto engine = make_engine();
  Program program(*engine, callee_text, {[](Store& store, int32_t& value) -> Trap {
    for (int32_t i = 0; i < value; i++) {
      if (!store.fiber().suspend(Fiber::While::owner_open)) return Trap::cancelled();
    }
    value += 100;
    return {};
  }});
  Guest guest(*engine, program);
  Request first(guest, "run", 2), second(guest, "run", 3);
  EXPECT_EQ(first.run_on(), Progress::blocked);
  EXPECT_EQ(second.run_on(), Progress::blocked);
  EXPECT_EQ(first.run_on(), Progress::blocked);
  EXPECT_EQ(second.run_on(), Progress::blocked);
  EXPECT_EQ(first.run_on(), Progress::done);
  EXPECT_EQ(first.value, 102);
  EXPECT_EQ(second.run_on(), Progress::blocked);
  EXPECT_EQ(second.run_on(), Progress::done);
  EXPECT_EQ(second.value, 103);

  Request third(guest, "run", 5), trapping(guest, "trap", 1), fourth(guest, "run", 1);
  third.fiber.resume();
  fourth.fiber.resume();
  third.fiber.cancel();
  EXPECT_EQ(fourth.run_on(), Progress::done);
  EXPECT_EQ(fourth.value, 101);
}

TEST(AFiberStartedOnAnother, GoesOnFromTheLoopWhileTheFirstWaits) {
  auto engine = make_engine();
  Program callee(*engine, callee_text, {block});
  Guest b(*engine, callee);
  Request started(b, "run", 2);
  Program spawner(*engine, caller_text, {[&](Store& store, int32_t& value) -> Trap {
    EXPECT_EQ(started.fiber.resume(&store.fiber()), Progress::blocked);
    EXPECT_EQ(started.fiber.resume(&store.fiber()), Progress::blocked);
    return block(store, value);
  }});
  Guest a(*engine, spawner);
  Request starter(a, "run", 1);
  EXPECT_EQ(starter.run_on(), Progress::blocked);
  EXPECT_EQ(starter.run_on(), Progress::done);
  EXPECT_EQ(starter.value, 105);
  EXPECT_EQ(started.run_on(), Progress::done);
  EXPECT_EQ(started.value, 100);
}

}  // namespace
}  // namespace weir::engine
