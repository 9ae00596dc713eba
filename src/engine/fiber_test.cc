#include "engine/fiber.h"

#include <sys/mman.h>

#include "engine/testing/fixture.h"

namespace weir::engine {
namespace {

using testing::block;
using testing::Guest;
using testing::make_engine;
using testing::Program;
using testing::Request;
using Progress = Fiber::Progress;

constexpr std::string_view blocker = R"((module
  (import "h" "block" (func $block (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run") (param i32) (result i32)
    (i32.store (i32.const 2000) (local.get 0))
    (i32.add (call $block (local.get 0)) (i32.load (i32.const 2000))))
  (func (export "trap") (param i32) (result i32)
    (drop (call $block (local.get 0)))
    (i32.load (i32.const -4)))
  (func (export "spin") (param i32) (result i32) (loop $l (br $l)) (unreachable))))";

TEST(Fiber, RunsAGuestToItsEndWithoutWaiting) {
  auto engine = make_engine();
  Program program(*engine, blocker, {block});
  Guest guest(*engine, program);
  Request request(guest, "run", 0);
  EXPECT_FALSE(request.fiber.started());
  EXPECT_EQ(request.run_on(), Progress::done);
  EXPECT_FALSE(request.trap);
  EXPECT_EQ(request.value, 100);
  EXPECT_TRUE(request.fiber.done());
}

TEST(Fiber, InterleavesTwoStoresInAnyOrder) {
  auto engine = make_engine();
  Program program(*engine, blocker, {block});
  Guest a(*engine, program), b(*engine, program);
  Request first(a, "run", 2), second(b, "run", 3);
  EXPECT_EQ(first.run_on(), Progress::blocked);
  EXPECT_EQ(second.run_on(), Progress::blocked);
  EXPECT_EQ(first.run_on(), Progress::blocked);
  EXPECT_EQ(second.run_on(), Progress::blocked);
  EXPECT_EQ(first.run_on(), Progress::done);
  EXPECT_EQ(first.value, 102);
  EXPECT_EQ(second.run_on(), Progress::blocked);
  EXPECT_EQ(second.run_on(), Progress::done);
  EXPECT_EQ(second.value, 103);
}

TEST(Fiber, TrapsWhileAnotherIsSuspendedInEitherOrder) {
  auto engine = make_engine();
  Program program(*engine, blocker, {block});
  for (bool trap_first : {false, true}) {
    Guest a(*engine, program), b(*engine, program);
    Request good(a, "run", 1), bad(b, "trap", 1);
    (trap_first ? bad : good).fiber.resume();
    (trap_first ? good : bad).fiber.resume();
    EXPECT_EQ(bad.run_on(), Progress::done);
    ASSERT_TRUE(bad.trap);
    EXPECT_EQ(bad.trap.kind(), Trap::Kind::wasm);
    EXPECT_EQ(bad.trap.code(), TrapCode::memory_out_of_bounds);
    EXPECT_EQ(good.run_on(), Progress::done);
    EXPECT_FALSE(good.trap);
    EXPECT_EQ(good.value, 101);
  }
}

// Whether the page that `address` is in takes memory.
bool is_resident(const void* address) {
  auto page = reinterpret_cast<uintptr_t>(address) & ~uintptr_t{4095};
  unsigned char resident = 0;
  EXPECT_EQ(mincore(reinterpret_cast<void*>(page), 1, &resident), 0);
  return resident & 1;
}

TEST(Fiber, GivesBackWhatADeepRecursionHasUsedOfItsStack) {
  auto engine = make_engine();
  const void* deepest = nullptr;
  Program program(*engine, R"((module
    (import "h" "where" (func $where (param i32) (result i32)))
    (func $recurse (export "recurse") (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (i32.add (call $recurse (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
        (else (call $where (i32.const 5)))))
    (func (export "trap") (param i32) (result i32)
      (i32.load (i32.sub (i32.const 0) (call $recurse (local.get 0)))))
    (memory 1)))",
                  {[&](Store&, int32_t&) -> Trap {
                    deepest = __builtin_frame_address(0);
                    return {};
                  }});
  for (const char* way : {"recurse", "trap"}) {
    for (int32_t depth : {10, 6000}) {
      Guest guest(*engine, program);
      Request request(guest, way, depth);
      EXPECT_EQ(request.run_on(), Progress::done);
      EXPECT_EQ(static_cast<bool>(request.trap), way[0] == 't');
      // What usual guests use stays for the next one.
      EXPECT_EQ(is_resident(deepest), depth == 10) << way << depth;
    }
  }
}

// Counts the destructors that ran on a fiber.
struct Counter {
  int& count;
  ~Counter() { count++; }
};

TEST(Fiber, DestroysWhatIsOnItsStackWhenItIsCancelled) {
  auto engine = make_engine();
  int destroyed = 0, refused = 0;
  Program program(*engine, blocker, {[&](Store& store, int32_t&) -> Trap {
    Counter counter{destroyed};
    EXPECT_FALSE(store.fiber().suspend());
    // Later waits do not wait.
    for (int i = 0; i < 10; i++) refused += !store.fiber().suspend();
    return Trap::cancelled();
  }});
  Guest guest(*engine, program);
  Request request(guest, "run", 0);
  EXPECT_EQ(request.run_on(), Progress::blocked);
  request.fiber.cancel();
  EXPECT_TRUE(request.fiber.done());
  EXPECT_TRUE(request.ended);
  ASSERT_TRUE(request.trap);
  EXPECT_EQ(request.trap.kind(), Trap::Kind::cancelled);
  EXPECT_EQ(destroyed, 1);
  EXPECT_EQ(refused, 10);
  request.fiber.cancel();
}

TEST(Fiber, CannotTurnACancellationIntoAResult) {
  auto engine = make_engine();
  Program program(*engine, blocker, {[&](Store& store, int32_t& value) -> Trap {
    (void)store.fiber().suspend();
    value = 7;
    return {};
  }});
  Guest guest(*engine, program);
  struct Stubborn : FiberBody {
    explicit Stubborn(Guest& guest) : guest(guest), fiber(guest.store, *this) {}
    void run(Fiber& fiber) override {
      int32_t value = 0;
      first = guest.call(fiber, "run", value);
      second = guest.call(fiber, "run", value);
    }
    Guest& guest;
    Trap first, second;
    Fiber fiber;
  } body(guest);
  EXPECT_EQ(body.fiber.resume(), Progress::blocked);
  body.fiber.cancel();
  ASSERT_TRUE(body.second);
  EXPECT_EQ(body.second.kind(), Trap::Kind::cancelled);
}

TEST(Fiber, IsCancelledByItsDestructorSuspendedOrNotStarted) {
  auto engine = make_engine();
  int destroyed = 0;
  Program program(*engine, blocker, {[&](Store& store, int32_t& value) -> Trap {
    Counter counter{destroyed};
    return block(store, value);
  }});
  Guest a(*engine, program), b(*engine, program), c(*engine, program);
  Request other(b, "run", 1);
  {
    Request request(a, "run", 5), never(c, "run", 5);
    request.fiber.resume();
    other.fiber.resume();
    EXPECT_EQ(destroyed, 0);
  }
  EXPECT_EQ(destroyed, 1);
  EXPECT_EQ(other.run_on(), Progress::done);
  EXPECT_EQ(other.value, 101);
}

TEST(Fiber, RunsSeveralOneAfterAnotherOnOneStore) {
  auto engine = make_engine();
  Program program(*engine, blocker, {block});
  Guest guest(*engine, program);
  for (int i = 0; i < 5; i++) {
    Request request(guest, "run", i);
    EXPECT_EQ(request.finish(), i + 1);
    EXPECT_EQ(request.value, 100 + i);
  }
}

constexpr std::string_view nester = R"((module
  (import "h" "nest" (func $nest (param i32) (result i32)))
  (import "h" "block" (func $block (param i32) (result i32)))
  (func (export "inner") (param i32) (result i32) (i32.add (i32.const 11) (call $block (local.get 0))))
  (func (export "run") (param i32) (result i32) (i32.add (i32.const 1000) (call $nest (local.get 0))))))";

TEST(Fiber, WaitsInAGuestThatAHostFunctionCalledBack) {
  auto engine = make_engine();
  int destroyed = 0;
  std::vector<testing::Host> hosts = {[&](Store& store, int32_t& value) -> Trap {
                                        Counter counter{destroyed};
                                        auto& guest = store.owner_as<Guest>();
                                        if (!store.fiber().suspend()) return Trap::cancelled();
                                        if (Trap t = guest.call(store.fiber(), "inner", value))
                                          return t;
                                        if (!store.fiber().suspend()) return Trap::cancelled();
                                        return {};
                                      },
                                      block};
  Program program(*engine, nester, hosts);
  Guest a(*engine, program, &a), b(*engine, program, &b);
  Request first(a, "run", 2), second(b, "run", 1);
  int turns = 0;
  while (!first.fiber.done() || !second.fiber.done()) {
    if (!first.fiber.done()) first.fiber.resume();
    if (!second.fiber.done()) second.fiber.resume();
    ASSERT_LT(++turns, 20);
  }
  EXPECT_EQ(first.value, 1111);
  EXPECT_EQ(second.value, 1111);
  EXPECT_EQ(turns, 5);

  destroyed = 0;
  Guest c(*engine, program, &c);
  Request third(c, "run", 2);
  third.fiber.resume();
  third.fiber.resume();
  third.fiber.cancel();
  EXPECT_EQ(third.trap.kind(), Trap::Kind::cancelled);
  EXPECT_EQ(destroyed, 1);
}

TEST(Fiber, TellsWhenThePoolHasNoStackForIt) {
  Config config = testing::small_config();
  config.max_instances = 2;
  config.fibers_each = 1;
  config.memories_each = 4;
  auto engine = make_engine(config);
  Program program(*engine, blocker, {block});
  Guest a(*engine, program), b(*engine, program), c(*engine, program);
  Request first(a, "run", 1), second(b, "run", 1), third(c, "run", 1);
  first.fiber.resume();
  second.fiber.resume();
  EXPECT_EQ(third.run_on(), Progress::done);
  EXPECT_FALSE(third.ended);
  ASSERT_TRUE(third.fiber.start_error());
  EXPECT_EQ(third.fiber.start_error().kind(), Trap::Kind::pool_exhausted);
  EXPECT_EQ(first.run_on(), Progress::done);
  EXPECT_EQ(first.value, 101);
}

TEST(Fiber, SuspendsInItsBodyOutsideOfAnyGuest) {
  auto engine = make_engine();
  Program program(*engine, blocker, {block});
  Guest guest(*engine, program);
  struct Waiting : FiberBody {
    explicit Waiting(Guest& guest) : guest(guest), fiber(guest.store, *this) {}
    void run(Fiber& fiber) override {
      open = guest.store.open();
      resumed = fiber.suspend();
      trap = guest.call(fiber, "run", value);
    }
    Guest& guest;
    bool open = false, resumed = false;
    int32_t value = 0;
    Trap trap;
    Fiber fiber;
  } body(guest);
  EXPECT_EQ(body.fiber.resume(), Progress::blocked);
  EXPECT_TRUE(guest.store.open());
  EXPECT_EQ(body.fiber.resume(), Progress::done);
  EXPECT_TRUE(body.resumed);
  EXPECT_FALSE(body.trap);
  EXPECT_EQ(body.value, 100);
}

TEST(Fiber, CountsItsOwnTimeAndNotWhatItLends) {
  auto engine = make_engine();
  auto burn = [](uint64_t ns) {
    auto until = std::chrono::steady_clock::now() + std::chrono::nanoseconds(ns);
    while (std::chrono::steady_clock::now() < until) {
    }
  };
  Fiber* lent = nullptr;
  Program program(*engine, blocker, {[&](Store& store, int32_t& value) -> Trap {
    burn(20'000'000);
    if (value == 1) lent->resume(&store.fiber());
    return {};
  }});
  Guest a(*engine, program), b(*engine, program);
  Request inner(b, "run", 0), outer(a, "run", 1);
  lent = &inner.fiber;
  EXPECT_EQ(outer.run_on(), Progress::done);
  EXPECT_TRUE(inner.fiber.done());
  EXPECT_GE(inner.fiber.cpu_ns(), 20'000'000u);
  EXPECT_GE(outer.fiber.cpu_ns(), 20'000'000u);
  auto before = outer.fiber.cpu_ns() + inner.fiber.cpu_ns();
  burn(5'000'000);
  EXPECT_EQ(outer.fiber.cpu_ns() + inner.fiber.cpu_ns(), before);
}

}  // namespace
}  // namespace weir::engine
