// What guests of today's toolchains use beyond the first WebAssembly, and what must not follow from
// it.

#include <thread>

#include "engine/testing/fixture.h"

namespace weir::engine {
namespace {

using testing::block;
using testing::Guest;
using testing::make_engine;
using testing::Program;
using testing::Request;

TEST(Exceptions, AreCaughtByTheGuestThatThrewThem) {
  auto engine = make_engine();
  Program program(*engine, R"((module
    (tag $t (param i32))
    (func $deep (param i32) (throw $t (i32.add (local.get 0) (i32.const 1))))
    (func (export "run") (param i32) (result i32)
      (block $caught (result i32)
        (try_table (catch $t $caught) (call $deep (local.get 0)))
        (i32.const -1)))))");
  Guest guest(*engine, program);
  Request request(guest, "run", 41);
  request.finish();
  EXPECT_FALSE(request.trap);
  EXPECT_EQ(request.value, 42);
}

constexpr std::string_view catcher = R"((module
  (import "h" "host" (func $host (param i32) (result i32)))
  (func (export "run") (param i32) (result i32)
    (block $caught
      (try_table (catch_all $caught) (return (call $host (local.get 0)))))
    (i32.const 666))
  (func (export "spin") (param i32) (result i32)
    (block $caught
      (try_table (catch_all $caught) (loop $l (br $l))))
    (i32.const 666))))";

TEST(Exceptions, DoNotCatchWhatEndsAGuest) {
  auto engine = make_engine();
  bool fail = true;
  Program program(*engine, catcher, {[&](Store& store, int32_t& value) -> Trap {
    if (fail) return Trap(Trap::Kind::host, "no");
    value = 1;
    return block(store, value);
  }});
  {
    Guest guest(*engine, program);
    Request failed(guest, "run", 0);
    failed.finish();
    ASSERT_TRUE(failed.trap);
    EXPECT_EQ(failed.trap.message(), "no");
  }
  {
    fail = false;
    Guest guest(*engine, program);
    Request cancelled(guest, "run", 0);
    EXPECT_EQ(cancelled.run_on(), Fiber::Progress::blocked);
    cancelled.fiber.cancel();
    ASSERT_TRUE(cancelled.trap);
    EXPECT_EQ(cancelled.trap.kind(), Trap::Kind::cancelled);
  }
  Guest guest(*engine, program);
  Request endless(guest, "spin", 0);
  endless.fiber.set_cpu_limit(20'000'000);
  endless.finish();
  ASSERT_TRUE(endless.trap);
  EXPECT_EQ(endless.trap.kind(), Trap::Kind::cpu_limit);
}

constexpr std::string_view lists = R"((module
  (type $node (struct (field i32) (field (ref null $node))))
  (func (export "run") (param i32) (result i32)
    (local $head (ref null $node)) (local $sum i32)
    (loop $make
      (local.set $head (struct.new $node (local.get 0) (local.get $head)))
      (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
      (br_if $make (local.get 0)))
    (loop $add
      (local.set $sum (i32.add (local.get $sum) (struct.get $node 0 (local.get $head))))
      (local.set $head (struct.get $node 1 (local.get $head)))
      (br_if $add (i32.eqz (ref.is_null (local.get $head)))))
    (local.get $sum))))";

TEST(GarbageCollection, WorksForGuestsThatNeedIt) {
  auto engine = make_engine();
  Program program(*engine, lists);
  for (int i = 0; i < 30; i++) {
    Guest guest(*engine, program);
    Request request(guest, "run", 10'000);
    request.finish();
    EXPECT_FALSE(request.trap) << request.trap.describe();
    EXPECT_EQ(request.value, 50'005'000);
  }
}

TEST(GarbageCollection, CountsAgainstTheMemoryLimit) {
  auto engine = make_engine();
  Program program(*engine, lists);
  MemoryLimit limit(1 << 20);
  struct Body : FiberBody {
    void run(Fiber& fiber) override { trap = store->call(fiber, func, &value, 1); }
    Store* store;
    Func func;
    Raw value;
    Trap trap;
  } body;
  Store store(*engine, nullptr);
  store.set_memory_limit(limit);
  auto instance = store.instantiate(program.pre);
  ASSERT_TRUE(instance.ok());
  body.store = &store;
  body.func = store.get_func(*instance, program.module.find_export("run"));
  body.value.i32 = 1'000'000;
  Fiber fiber(store, body);
  while (fiber.resume() != Fiber::Progress::done) {
  }
  ASSERT_TRUE(body.trap);
  EXPECT_TRUE(limit.refused());
  EXPECT_EQ(body.trap.kind(), Trap::Kind::memory_limit);
}

TEST(Threads, ShareAnEngineAndAProgram) {
  auto engine = make_engine();
  Program program(*engine, R"((module
    (import "h" "block" (func $block (param i32) (result i32)))
    (memory (export "memory") 2)
    (data (i32.const 64) "x")
    (func (export "run") (param i32) (result i32)
      (i32.store8 (i32.const 64) (i32.add (i32.const 1) (i32.load8_u (i32.const 64))))
      (drop (call $block (local.get 0)))
      (i32.load8_u (i32.const 64)))))",
                  {block});
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int t = 0; t < 4; t++) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; i++) {
        Guest a(*engine, program), b(*engine, program);
        Request first(a, "run", 2), second(b, "run", 1);
        first.fiber.resume();
        second.finish();
        first.finish();
        good += first.value == 'y' && second.value == 'y' && !first.trap && !second.trap;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 800);
}

}  // namespace
}  // namespace weir::engine
