// Calls of asynchronous exports from the loop.
#include "component/export_call.h"

#include <gmock/gmock.h>

#include "component/testing/fixture.h"

namespace weir::component {
namespace {

using ::testing::HasSubstr;
using testing::TestJob;
using testing::World;

// Answers calls of `wait` when the test says so.
class Bell {
 public:
  class Ring final : public Operation<uint32_t> {
   public:
    Ring(Bell& bell, uint32_t value) : bell_(bell), value_(value) { bell_.rings.push_back(this); }
    ~Ring() override { std::erase(bell_.rings, this); }
    void ring() { finish(value_ + 1); }

   private:
    Bell& bell_;
    uint32_t value_;
  };
  Async<uint32_t> wait(Call&, uint32_t value) { return std::make_unique<Ring>(*this, value); }

  std::vector<Ring*> rings;
};

Bell& bell_of(void* state) { return *static_cast<Bell*>(state); }

// `work` waits for the host in a callback task, then returns what that said; `polite` confirms a
// wish to end, `stubborn` does not; `after` returns first and waits then.
constexpr std::string_view guest = R"((component
  (import "test:host/bell" (instance $h (export "wait" (func async (param "v" u32) (result u32)))))
  (core module $libc (memory (export "mem") 1))
  (core instance $libc (instantiate $libc))
  (alias core export $libc "mem" (core memory $mem))
  (core func $wait (canon lower (func $h "wait") async (memory $mem)))
  (core func $return (canon task.return (result u32)))
  (core func $cancelled (canon task.cancel))
  (core func $new (canon waitable-set.new))
  (core func $join (canon waitable.join))
  (core func $drop (canon subtask.drop))
  (core func $cancel (canon subtask.cancel))
  (core func $get (canon context.get i32 0))
  (core func $set (canon context.set i32 0))
  (core module $m
    (import "" "mem" (memory 1))
    (import "" "wait" (func $wait (param i32 i32) (result i32)))
    (import "" "return" (func $return (param i32)))
    (import "" "cancelled" (func $cancelled))
    (import "" "new" (func $new (result i32)))
    (import "" "join" (func $join (param i32 i32)))
    (import "" "drop" (func $drop (param i32)))
    (import "" "cancel" (func $cancel (param i32) (result i32)))
    (import "" "get" (func $get (result i32)))
    (import "" "set" (func $set (param i32)))
    (global $next (mut i32) (i32.const 64))
    ;; Calls the host; its slot keeps where the result will be.
    (func $begin (param i32) (result i32) (local $set i32)
      (call $set (global.get $next))
      (global.set $next (i32.add (global.get $next) (i32.const 4)))
      (local.set $set (call $new))
      (call $join
        (i32.shr_u (call $wait (local.get 0) (call $get)) (i32.const 4)) (local.get $set))
      (i32.or (i32.const 2) (i32.shl (local.get $set) (i32.const 4))))
    (func (export "work") (param i32) (result i32) (call $begin (local.get 0)))
    (func (export "after") (param i32) (result i32)
      (call $return (i32.const 7)) (call $begin (local.get 0)))
    (func (export "die") (param i32) (result i32) unreachable)
    (func (export "done") (param i32 i32 i32) (result i32)
      (if (i32.eq (local.get 0) (i32.const 6)) (then (call $cancelled) (return (i32.const 0))))
      (call $drop (local.get 1))
      (call $return (i32.load (call $get)))
      (i32.const 0))
    (func (export "done-after") (param i32 i32 i32) (result i32)
      (call $drop (local.get 1))
      (i32.const 0))
    (func (export "insist") (param i32 i32 i32) (result i32)
      (call $return (i32.const 99))
      (i32.const 0)))
  (core instance $i (instantiate $m (with "" (instance
    (export "mem" (memory $mem)) (export "wait" (func $wait)) (export "return" (func $return))
    (export "cancelled" (func $cancelled)) (export "new" (func $new)) (export "join" (func $join))
    (export "drop" (func $drop)) (export "cancel" (func $cancel)) (export "get" (func $get))
    (export "set" (func $set))))))
  (func (export "work") async (param "v" u32) (result u32)
    (canon lift (core func $i "work") async (callback (core func $i "done"))))
  (func (export "stubborn") async (param "v" u32) (result u32)
    (canon lift (core func $i "work") async (callback (core func $i "insist"))))
  (func (export "after") async (param "v" u32) (result u32)
    (canon lift (core func $i "after") async (callback (core func $i "done-after"))))
  (func (export "die") async (param "v" u32) (result u32)
    (canon lift (core func $i "die") async (callback (core func $i "done"))))))";

class NumberCall final : public ExportCall<uint32_t, uint32_t> {
 public:
  explicit NumberCall(uint32_t argument) : ExportCall(argument) {}
  std::string message() const { return trap ? trap.message() : ""; }

  bool ended = false;
  uint32_t result = 0;
  Trap trap;

 private:
  void done(OrTrap<uint32_t> outcome) override {
    ended = true;
    if (outcome.ok()) {
      result = *outcome;
    } else {
      trap = std::move(outcome.trap());
    }
  }
};

struct ExportCalls : ::testing::Test {
  ExportCalls() {
    linker.interface<Bell>("test:host/bell", &bell_of).function<&Bell::wait>("wait");
    world.emplace(guest, linker, nullptr, &bell);
  }
  Instance& instance() { return *world->instance; }
  ExportId find(std::string_view name) { return world->find(name); }
  void drain() {
    while (world->executor.drain() > 0) {
    }
  }

  Linker linker;
  Bell bell;
  std::optional<World> world;
};

TEST_F(ExportCalls, RunBesideEachOtherInOneInstance) {
  NumberCall first(10), second(20), third(30);
  first.begin(instance(), find("work"));
  second.begin(instance(), find("work"));
  drain();
  third.begin(instance(), find("work"));
  drain();
  ASSERT_EQ(bell.rings.size(), 3u);
  EXPECT_TRUE(instance().busy());
  bell.rings[1]->ring();
  EXPECT_FALSE(second.ended);
  drain();
  EXPECT_TRUE(second.ended);
  EXPECT_EQ(second.result, 21u);
  EXPECT_FALSE(first.ended || third.ended);
  bell.rings[1]->ring();
  bell.rings[0]->ring();
  drain();
  EXPECT_EQ(first.result, 11u);
  EXPECT_EQ(third.result, 31u);
  EXPECT_FALSE(instance().busy());
}

TEST_F(ExportCalls, AllGoOnAfterTheClockEndedTheirTurns) {
  constexpr std::string_view busy = R"((component
    (component $C
      (core func $return (canon task.return (result u32)))
      (core module $m
        (import "" "return" (func $return (param i32)))
        (func (export "spin") (param i32) (result i32) (local $i i32)
          (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $l (i32.lt_u (local.get $i) (i32.const 60000000))))
          (call $return (local.get 0))
          (i32.const 0))
        (func (export "cb") (param i32 i32 i32) (result i32) unreachable))
      (core instance $i (instantiate $m (with "" (instance (export "return" (func $return))))))
      (func (export "spin") async (param "v" u32) (result u32)
        (canon lift (core func $i "spin") async (callback (core func $i "cb")))))
    (instance $a (instantiate $C))
    (instance $b (instantiate $C))
    (func (export "one") (alias export $a "spin"))
    (func (export "two") (alias export $b "spin"))))";
  World both(busy, linker, nullptr, &bell);
  NumberCall first(1), second(2), third(3);
  first.begin(*both.instance, both.find("one"));
  second.begin(*both.instance, both.find("two"));
  third.begin(*both.instance, both.find("one"));
  while (both.executor.drain() > 0) {
  }
  EXPECT_EQ(first.result, 1u) << first.message();
  EXPECT_EQ(second.result, 2u) << second.message();
  EXPECT_EQ(third.result, 3u) << third.message();
}

TEST_F(ExportCalls, AreUnwoundWhileTheirArgumentsAreOnTheirWay) {
  // The callee never gives memory for them. When the instance ends, the caller may be unwound
  // first.
  constexpr std::string_view endless = R"((component
    (component $Callee
      (core module $m
        (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (loop $l (br $l)) unreachable)
        (func (export "take") (param i32 i32) (result i32) unreachable)
        (func (export "cb") (param i32 i32 i32) (result i32) unreachable))
      (core instance $i (instantiate $m))
      (func (export "take") async (param "text" string)
        (canon lift (core func $i "take") async (callback (core func $i "cb"))
          (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))
    (component $Caller
      (import "take" (func $take async (param "text" string)))
      (core module $mem (memory (export "memory") 1))
      (core instance $mem (instantiate $mem))
      (core func $take (canon lower (func $take) (memory (core memory $mem "memory"))))
      (core module $m
        (import "" "take" (func $take (param i32 i32)))
        (func (export "run") (param i32) (result i32)
          (call $take (i32.const 0) (i32.const 5)) unreachable)
        (func (export "cb") (param i32 i32 i32) (result i32) unreachable))
      (core instance $i (instantiate $m (with "" (instance (export "take" (func $take))))))
      (func (export "run") async (param "v" u32) (result u32)
        (canon lift (core func $i "run") async (callback (core func $i "cb")))))
    (instance $callee (instantiate $Callee))
    (instance $caller (instantiate $Caller (with "take" (func $callee "take"))))
    (func (export "run") (alias export $caller "run"))))";
  World world(endless, linker, nullptr, &bell);
  NumberCall call(1);
  call.begin(*world.instance, world.find("run"));
  for (int i = 0; i < 3; ++i) world.executor.turn();
  EXPECT_TRUE(world.instance->busy());
  // Whoever ends an instance is told nothing about its calls.
  world.instance.reset();
  EXPECT_FALSE(call.ended);
}

TEST_F(ExportCalls, EndWhenTheGuestConfirmsTheWishToCancel) {
  NumberCall first(1), second(2);
  first.begin(instance(), find("work"));
  second.begin(instance(), find("work"));
  drain();
  first.cancel();
  drain();
  ASSERT_TRUE(first.ended);
  EXPECT_EQ(first.trap.kind(), Trap::Kind::cancelled);
  EXPECT_FALSE(second.ended);
  bell.rings.back()->ring();
  drain();
  EXPECT_EQ(second.result, 3u);
}

TEST_F(ExportCalls, MayReturnThoughTheyWereCancelled) {
  NumberCall call(1);
  call.begin(instance(), find("stubborn"));
  drain();
  call.cancel();
  drain();
  EXPECT_EQ(call.message(), "");
  EXPECT_EQ(call.result, 99u);
}

TEST_F(ExportCalls, LeaveTasksBehindThatGoOn) {
  class Idle final : public Waiter {
   public:
    using Waiter::Waiter;
    void fire() override { ++fired; }
    int fired = 0;
  };
  Idle idle(world->executor);
  instance().set_idle_waiter(&idle);
  NumberCall call(1);
  call.begin(instance(), find("after"));
  drain();
  EXPECT_EQ(call.result, 7u);
  EXPECT_TRUE(instance().busy());
  EXPECT_EQ(idle.fired, 0);
  ASSERT_EQ(bell.rings.size(), 1u);
  bell.rings[0]->ring();
  drain();
  EXPECT_FALSE(instance().busy());
  EXPECT_EQ(idle.fired, 1);
}

TEST_F(ExportCalls, AllFailWhenOneOfThemTraps) {
  NumberCall first(1), second(2);
  first.begin(instance(), find("work"));
  second.begin(instance(), find("die"));
  drain();
  EXPECT_THAT(first.message(), HasSubstr("unreachable"));
  EXPECT_THAT(second.message(), HasSubstr("unreachable"));
  EXPECT_TRUE(bell.rings.empty());
  NumberCall third(3);
  third.begin(instance(), find("work"));
  drain();
  EXPECT_THAT(third.message(), HasSubstr("has trapped before"));
}

TEST_F(ExportCalls, AreCancelledByDestroyingThem) {
  {
    NumberCall call(1);
    call.begin(instance(), find("work"));
    drain();
    ASSERT_EQ(bell.rings.size(), 1u);
  }
  drain();
  EXPECT_FALSE(instance().busy());
  {
    NumberCall call(1);
    call.begin(instance(), find("stubborn"));
    drain();
  }
  drain();
  EXPECT_FALSE(instance().busy());
}

TEST_F(ExportCalls, AreSilentWhenTheInstanceIsDestroyed) {
  NumberCall call(1), ended(2);
  call.begin(instance(), find("work"));
  ended.begin(instance(), find("after"));
  world->instance.reset();
  drain();
  EXPECT_FALSE(call.ended || ended.ended);
  EXPECT_FALSE(call.in_flight());
  EXPECT_TRUE(bell.rings.empty());
}

TEST_F(ExportCalls, RunBesideAJob) {
  NumberCall call(1);
  uint32_t result = 0;
  TestJob job([&](Instance& i) -> OrTrap<void> {
    result = WEIR_TRY_TRAP((i.call<uint32_t, uint32_t>(find("work"), 5)));
    return {};
  });
  instance().start(job);
  drain();
  call.begin(instance(), find("work"));
  drain();
  ASSERT_EQ(bell.rings.size(), 2u);
  bell.rings[1]->ring();
  drain();
  EXPECT_EQ(call.result, 2u);
  EXPECT_FALSE(job.ended);
  bell.rings[0]->ring();
  drain();
  EXPECT_EQ(result, 6u);
}

}  // namespace
}  // namespace weir::component
