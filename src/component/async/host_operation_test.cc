// Functions of the host that answer later.
#include <gmock/gmock.h>

#include <vector>

#include "component/testing/fixture.h"

namespace weir::component {
namespace {

using ::testing::HasSubstr;
using testing::TestJob;
using testing::World;

class Slow;

// One call of `wait`, until the test finishes it.
template <class R>
class Pending final : public Operation<R> {
 public:
  Pending(std::vector<Pending*>& all, int& destroyed) : all_(all), destroyed_(destroyed) {
    all_.push_back(this);
  }
  ~Pending() override {
    ++destroyed_;
    std::erase(all_, this);
  }
  bool cancel() override {
    ++cancelled;
    if (answer_to_cancel) this->finish(std::move(*answer_to_cancel));
    return !insists;
  }
  void answer(OrTrap<R> result) { this->finish(std::move(result)); }

  int cancelled = 0;
  bool insists = false;
  std::optional<OrTrap<R>> answer_to_cancel;

 private:
  std::vector<Pending*>& all_;
  int& destroyed_;
};

class Token final : public HostResource {};

class Slow {
 public:
  Async<uint32_t> wait(Call&, uint32_t value) {
    if (at_once) return value + 1;
    if (refuses) return Trap(Trap::Kind::host, "it does not like that");
    return std::make_unique<Pending<uint32_t>>(numbers, destroyed);
  }
  Async<std::string> say(Call&, std::string_view text) {
    heard = text;
    if (at_once) return heard + "!";
    return std::make_unique<Pending<std::string>>(texts, destroyed);
  }
  Async<void> hold(Call&, Token&) { return std::make_unique<Pending<void>>(holds, destroyed); }
  OrTrap<std::unique_ptr<Token>> token(Call&) { return std::make_unique<Token>(); }

  bool at_once = false;
  bool refuses = false;
  std::string heard;
  int destroyed = 0;
  std::vector<Pending<uint32_t>*> numbers;
  std::vector<Pending<std::string>*> texts;
  std::vector<Pending<void>*> holds;
};

Slow& slow_of(void* state) { return *static_cast<Slow*>(state); }

constexpr std::string_view guest = R"((component
  (import "test:host/slow" (instance $h
    (export "token" (type $token (sub resource)))
    (export "make" (func (result (own $token))))
    (export "hold" (func async (param "t" (borrow $token))))
    (export "wait" (func async (param "v" u32) (result u32)))
    (export "say" (func async (param "s" string) (result string)))))
  (alias export $h "token" (type $token))
  (core module $libc
    (memory (export "mem") 1)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $next)
      (global.set $next (i32.add (global.get $next) (local.get 3))))
    (data (i32.const 512) "hello"))
  (core instance $libc (instantiate $libc))
  (alias core export $libc "mem" (core memory $mem))
  (alias core export $libc "realloc" (core func $realloc))
  (core func $wait-sync (canon lower (func $h "wait")))
  (core func $wait-async (canon lower (func $h "wait") async (memory $mem)))
  (core func $say-sync (canon lower (func $h "say") (memory $mem) (realloc $realloc)))
  (core func $say-async (canon lower (func $h "say") async (memory $mem) (realloc $realloc)))
  (core func $hold (canon lower (func $h "hold") async (memory $mem)))
  (core func $make (canon lower (func $h "make")))
  (core func $drop-token (canon resource.drop $token))
  (core func $new (canon waitable-set.new))
  (core func $join (canon waitable.join))
  (core func $wait (canon waitable-set.wait (memory $mem)))
  (core func $drop-set (canon waitable-set.drop))
  (core func $drop (canon subtask.drop))
  (core func $cancel (canon subtask.cancel))
  (core module $m
    (import "" "mem" (memory 1))
    (import "" "wait-sync" (func $wait-sync (param i32) (result i32)))
    (import "" "wait-async" (func $wait-async (param i32 i32) (result i32)))
    (import "" "say-sync" (func $say-sync (param i32 i32 i32)))
    (import "" "say-async" (func $say-async (param i32 i32 i32) (result i32)))
    (import "" "hold" (func $hold (param i32) (result i32)))
    (import "" "make" (func $make (result i32)))
    (import "" "drop-token" (func $drop-token (param i32)))
    (import "" "new" (func $new (result i32)))
    (import "" "join" (func $join (param i32 i32)))
    (import "" "wait" (func $wait (param i32 i32) (result i32)))
    (import "" "drop-set" (func $drop-set (param i32)))
    (import "" "drop" (func $drop (param i32)))
    (import "" "cancel" (func $cancel (param i32) (result i32)))
    ;; Waits for the subtask that a call answered, unless it has returned; its last state.
    (func $finish (param $answer i32) (result i32) (local $set i32)
      (if (i32.eq (local.get $answer) (i32.const 2)) (then (return (i32.const 2))))
      (local.set $set (call $new))
      (call $join (i32.shr_u (local.get $answer) (i32.const 4)) (local.get $set))
      (drop (call $wait (local.get $set) (i32.const 0)))
      (call $drop (i32.shr_u (local.get $answer) (i32.const 4)))
      (call $drop-set (local.get $set))
      (i32.load (i32.const 4)))
    (func (export "sync") (param i32) (result i32) (call $wait-sync (local.get 0)))
    (func (export "async") (param i32) (result i32)
      (drop (call $finish (call $wait-async (local.get 0) (i32.const 64))))
      (i32.load (i32.const 64)))
    (func (export "two") (result i32) (local $a i32) (local $b i32)
      (local.set $a (call $wait-async (i32.const 1) (i32.const 64)))
      (local.set $b (call $wait-async (i32.const 2) (i32.const 68)))
      (drop (call $finish (local.get $a)))
      (drop (call $finish (local.get $b)))
      (i32.add (i32.mul (i32.load (i32.const 64)) (i32.const 100)) (i32.load (i32.const 68))))
    ;; What cancelling answers, and what lies where the result belongs.
    (func (export "cancel") (result i32) (local $task i32)
      (local.set $task (i32.shr_u (call $wait-async (i32.const 1) (i32.const 64)) (i32.const 4)))
      (i32.mul (call $cancel (local.get $task)) (i32.const 100))
      (i32.add (i32.load (i32.const 64)))
      (call $drop (local.get $task)))
    (func (export "forget") (drop (call $wait-async (i32.const 1) (i32.const 64))))
    (func (export "say-sync") (result i32)
      (call $say-sync (i32.const 512) (i32.const 5) (i32.const 64))
      (i32.const 64))
    (func (export "say-async") (result i32)
      (drop (call $finish (call $say-async (i32.const 512) (i32.const 5) (i32.const 64))))
      (i32.const 64))
    (func (export "lend") (result i32) (local $t i32)
      (local.set $t (call $make))
      (drop (call $hold (local.get $t)))
      (call $drop-token (local.get $t))
      (i32.const 0))
    (func (export "give-back") (result i32) (local $t i32)
      (local.set $t (call $make))
      (drop (call $finish (call $hold (local.get $t))))
      (call $drop-token (local.get $t))
      (i32.const 1)))
  (core instance $i (instantiate $m (with "" (instance
    (export "mem" (memory $mem)) (export "wait-sync" (func $wait-sync))
    (export "wait-async" (func $wait-async)) (export "say-sync" (func $say-sync))
    (export "say-async" (func $say-async)) (export "new" (func $new)) (export "join" (func $join))
    (export "wait" (func $wait)) (export "drop-set" (func $drop-set)) (export "drop" (func $drop))
    (export "cancel" (func $cancel)) (export "hold" (func $hold)) (export "make" (func $make))
    (export "drop-token" (func $drop-token))))))
  (func (export "sync") async (param "v" u32) (result u32) (canon lift (core func $i "sync")))
  (func (export "in-sync") (param "v" u32) (result u32) (canon lift (core func $i "sync")))
  (func (export "async") async (param "v" u32) (result u32) (canon lift (core func $i "async")))
  (func (export "two") async (result u32) (canon lift (core func $i "two")))
  (func (export "cancel") async (result u32) (canon lift (core func $i "cancel")))
  (func (export "forget") async (canon lift (core func $i "forget")))
  (func (export "lend") async (result u32) (canon lift (core func $i "lend")))
  (func (export "give-back") async (result u32) (canon lift (core func $i "give-back")))
  (func (export "say-sync") async (result string)
    (canon lift (core func $i "say-sync") (memory $mem)))
  (func (export "say-async") async (result string)
    (canon lift (core func $i "say-async") (memory $mem)))))";

struct HostOperations : ::testing::Test {
  HostOperations() {
    auto interface = linker.interface<Slow>("test:host/slow", &slow_of);
    interface.function<&Slow::wait>("wait");
    interface.function<&Slow::say>("say");
    interface.function<&Slow::hold>("hold");
    interface.function<&Slow::token>("make");
    interface.resource<Token>("token");
    world.emplace(guest, linker, nullptr, &slow);
  }

  Linker linker;
  Slow slow;
  std::optional<World> world;
  uint32_t number = 0;
  std::string text;
};

TEST_F(HostOperations, AnswerAtOnceWhenTheyCan) {
  slow.at_once = true;
  for (const char* name : {"sync", "async", "in-sync"}) {
    number = 0;
    EXPECT_EQ(world->call(number, name, 41u), "") << name;
    EXPECT_EQ(number, 42u) << name;
  }
  for (const char* name : {"say-sync", "say-async"}) {
    EXPECT_EQ(world->call(text, name), "") << name;
    EXPECT_EQ(text, "hello!") << name;
  }
  EXPECT_EQ(slow.destroyed, 0);
}

TEST_F(HostOperations, AreWaitedForByWhoeverCallsThemSynchronously) {
  auto job = world->start("sync", number, 1u);
  ASSERT_FALSE(job->ended);
  ASSERT_EQ(slow.numbers.size(), 1u);
  slow.numbers[0]->answer(7u);
  EXPECT_FALSE(job->ended);
  world->drain();
  EXPECT_TRUE(job->ended);
  EXPECT_EQ(job->message(), "");
  EXPECT_EQ(number, 7u);
  EXPECT_EQ(slow.destroyed, 1);
}

TEST_F(HostOperations, AreSubtasksOfWhoeverCallsThemAsynchronously) {
  auto job = world->start("two", number);
  ASSERT_FALSE(job->ended);
  ASSERT_EQ(slow.numbers.size(), 2u);
  // In the other order.
  slow.numbers[1]->answer(22u);
  world->drain();
  EXPECT_FALSE(job->ended);
  slow.numbers[0]->answer(11u);
  world->drain();
  EXPECT_EQ(job->message(), "");
  EXPECT_EQ(number, 1122u);
  EXPECT_EQ(slow.destroyed, 2);
}

TEST_F(HostOperations, LowerTextWhenTheGuestHearsOfIt) {
  for (const char* name : {"say-sync", "say-async"}) {
    auto job = world->start(name, text);
    ASSERT_EQ(slow.texts.size(), 1u) << name;
    EXPECT_EQ(slow.heard, "hello");
    slow.texts[0]->answer(std::string("good day"));
    world->drain();
    EXPECT_EQ(job->message(), "") << name;
    EXPECT_EQ(text, "good day") << name;
  }
}

TEST_F(HostOperations, CannotBeWaitedForInAFunctionOfSynchronousType) {
  auto job = world->start("in-sync", number, 1u);
  EXPECT_THAT(job->message(), HasSubstr("cannot block a synchronous task before returning"));
  EXPECT_EQ(slow.destroyed, 1);
}

TEST_F(HostOperations, EndWhenTheGuestCancelsThem) {
  auto job = world->start("cancel", number);
  EXPECT_EQ(job->message(), "");
  // CANCELLED_BEFORE_RETURNED
  EXPECT_EQ(number, 400u);
  EXPECT_EQ(slow.destroyed, 1);
}

TEST_F(HostOperations, MayAnswerTheWishToCancelWithAResult) {
  auto job = std::make_unique<TestJob>([&](Instance& i) -> OrTrap<void> {
    number = WEIR_TRY_TRAP(i.call<uint32_t>(world->find("cancel")));
    return {};
  });
  // The first call goes on; it insists from its start on.
  struct Insisting final : Slow {
    Async<uint32_t> begin() {
      auto pending = std::make_unique<Pending<uint32_t>>(numbers, destroyed);
      pending->insists = true;
      pending->answer_to_cancel.emplace(5u);
      return pending;
    }
  };
  static Insisting* insisting;
  Insisting host;
  insisting = &host;
  struct Host {
    Async<uint32_t> wait(Call&, uint32_t) { return insisting->begin(); }
    Async<std::string> say(Call&, std::string_view) { return std::string(); }
    Async<void> hold(Call&, Token&) { return {}; }
    OrTrap<std::unique_ptr<Token>> token(Call&) { return std::make_unique<Token>(); }
  };
  static Host functions;
  Linker other;
  auto interface =
      other.interface<Host>("test:host/slow", [](void*) -> Host& { return functions; });
  interface.function<&Host::wait>("wait");
  interface.function<&Host::say>("say");
  interface.function<&Host::hold>("hold");
  interface.function<&Host::token>("make");
  interface.resource<Token>("token");
  world.emplace(guest, other);
  EXPECT_EQ(world->finish(*job), "");
  // RETURNED, and the result is there.
  EXPECT_EQ(number, 205u);
  EXPECT_EQ(host.destroyed, 1);
}

TEST_F(HostOperations, EndTheGuestWithATrap) {
  auto job = world->start("async", number, 1u);
  ASSERT_EQ(slow.numbers.size(), 1u);
  slow.numbers[0]->answer(Trap(Trap::Kind::host, "the disk is on fire"));
  world->drain();
  ASSERT_TRUE(job->ended);
  EXPECT_THAT(job->message(), HasSubstr("the disk is on fire"));
  slow.refuses = true;
  world.emplace(guest, linker, nullptr, &slow);
  EXPECT_THAT(world->call(number, "async", 1u), HasSubstr("it does not like that"));
}

TEST_F(HostOperations, KeepWhatTheyBorrowAliveUntilTheyAreDone) {
  auto refused = world->start("lend", number);
  EXPECT_THAT(refused->message(), HasSubstr("while borrowed"));
  EXPECT_TRUE(slow.holds.empty());
  world.emplace(guest, linker, nullptr, &slow);
  auto job = world->start("give-back", number);
  ASSERT_EQ(slow.holds.size(), 1u);
  slow.holds[0]->answer(OrTrap<void>());
  world->drain();
  EXPECT_EQ(job->message(), "");
  EXPECT_EQ(number, 1u);
}

TEST_F(HostOperations, OutliveTheCallThatBeganThemButNotTheInstance) {
  TestJob job([&](Instance& i) { return i.call<void>(world->find("forget")); });
  EXPECT_EQ(world->finish(job), "");
  ASSERT_EQ(slow.numbers.size(), 1u);
  slow.numbers[0]->answer(1u);
  world->drain();
  EXPECT_EQ(world->finish(job), "");
  ASSERT_EQ(slow.numbers.size(), 2u);
  world->instance.reset();
  EXPECT_EQ(slow.destroyed, 2);
}

TEST_F(HostOperations, AreDestroyedWhenTheCallIsCancelled) {
  for (const char* name : {"sync", "async"}) {
    slow.destroyed = 0;
    world.emplace(guest, linker, nullptr, &slow);
    auto job = world->start(name, number, 1u);
    ASSERT_FALSE(job->ended);
    world->instance->cancel();
    EXPECT_EQ(job->trap.kind(), Trap::Kind::cancelled);
    EXPECT_EQ(slow.destroyed, 1) << name;
  }
}

}  // namespace
}  // namespace weir::component
