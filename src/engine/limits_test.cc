// What keeps a guest from taking more than its share: turns, CPU time, stack, memory, the pool.

#include <chrono>
#include <thread>

#include "engine/c_api.h"
#include "engine/testing/fixture.h"

namespace weir::engine {
namespace {

using testing::Guest;
using testing::Host;
using testing::make_engine;
using testing::Program;
using testing::Request;
using Progress = Fiber::Progress;

constexpr std::string_view spinner = R"((module
  (func (export "spin") (param i32) (result i32) (loop $l (br $l)) (unreachable))
  (func (export "count") (param i32) (result i32)
    (loop $l
      (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
      (br_if $l (local.get 0)))
    (i32.const 7))))";

TEST(Turns, EndForAGuestThatComputesWhileOthersRun) {
  auto engine = make_engine();
  Program program(*engine, spinner);
  Guest a(*engine, program), b(*engine, program);
  Request endless(a, "spin", 0), quick(b, "count", 1000);
  ASSERT_EQ(endless.fiber.resume(), Progress::preempted);
  EXPECT_FALSE(a.store.open());
  EXPECT_EQ(quick.run_on(), Progress::done);
  EXPECT_EQ(quick.value, 7);
  ASSERT_EQ(endless.fiber.resume(), Progress::preempted);
  endless.fiber.cancel();
  EXPECT_EQ(endless.trap.kind(), Trap::Kind::cancelled);
}

TEST(Turns, LeaveALongComputationsResultRight) {
  auto engine = make_engine();
  Program program(*engine, spinner);
  Guest guest(*engine, program);
  Request request(guest, "count", 200'000'000);
  request.finish();
  EXPECT_FALSE(request.trap);
  EXPECT_EQ(request.value, 7);
}

// The engine fills a table at an offset that an import decides by code of its own, which looks at
// the epoch as a guest does.
TEST(Turns, MayEndWhileAnInstanceIsMadeOffAFiber) {
  auto engine = make_engine();
  Module base = testing::compile(*engine, R"((module
    (global (export "base") i32 (i32.const 1))
    (table (export "table") 2 funcref)))");
  Module filled = testing::compile(*engine, R"((module
    (import "m" "base" (global $base i32))
    (import "m" "table" (table 2 funcref))
    (func $f (result i32) (i32.const 7))
    (elem (global.get $base) func $f)))");
  Store store(*engine, nullptr);
  auto first = store.instantiate(base, {});
  ASSERT_TRUE(first.ok());
  Extern imports[] = {store.get(*first, base.find_export("base")),
                      store.get(*first, base.find_export("table"))};
  wasmtime_engine_increment_epoch(engine->raw());
  wasmtime_engine_increment_epoch(engine->raw());
  auto second = store.instantiate(filled, imports);
  ASSERT_TRUE(second.ok()) << second.error().describe();
  EXPECT_TRUE(store.table_get(imports[1].table, 1));
}

TEST(CpuLimit, EndsAGuest) {
  auto engine = make_engine();
  Program program(*engine, spinner);
  Guest guest(*engine, program);
  Request request(guest, "spin", 0);
  request.fiber.set_cpu_limit(50'000'000);
  request.finish();
  ASSERT_TRUE(request.trap);
  EXPECT_EQ(request.trap.kind(), Trap::Kind::cpu_limit);
  EXPECT_NE(request.trap.message().find("50 ms"), std::string::npos);
  EXPECT_EQ(request.trap.frames().size(), 1u);
  EXPECT_GE(request.fiber.cpu_ns(), 50'000'000u);
  EXPECT_LT(request.fiber.cpu_ns(), 5'000'000'000u);
}

constexpr std::string_view recursion = R"((module
  (import "h" "again" (func $again (param i32) (result i32)))
  (func $run (export "run") (param i32) (result i32) (call $again (local.get 0)))
  (func $deep (export "deep") (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0))
      (then (i32.const 0))
      (else (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))))))";

TEST(StackBudget, EndsRecursionThroughTheHost) {
  auto engine = make_engine();
  int depth = 0, unwound = 0;
  Program program(*engine, recursion, {[&](Store& store, int32_t& value) -> Trap {
    if (++depth == 100'000) return {};
    Trap trap = store.owner_as<Guest>().call(store.fiber(), "run", value);
    unwound++;
    return trap;
  }});
  Guest guest(*engine, program, &guest);
  Request request(guest, "run", 0);
  EXPECT_EQ(request.run_on(), Progress::done);
  ASSERT_TRUE(request.trap);
  EXPECT_EQ(request.trap.kind(), Trap::Kind::stack_exhausted);
  EXPECT_GT(depth, 10);
  EXPECT_LT(depth, 100'000);
  EXPECT_EQ(unwound, depth);
}

TEST(StackBudget, EndsRecursionBetweenTwoStores) {
  auto engine = make_engine();
  Guest* other[2] = {};
  Program program(*engine, recursion, {[&](Store& store, int32_t& value) -> Trap {
    Guest& next = *other[&store == &other[0]->store];
    value++;
    return next.call(store.fiber(), "run", value);
  }});
  Guest a(*engine, program), b(*engine, program);
  other[0] = &a;
  other[1] = &b;
  Request request(a, "run", 0);
  EXPECT_EQ(request.run_on(), Progress::done);
  ASSERT_TRUE(request.trap);
  // The nested store keeps the limit of its first entry on the fiber, so it may be the first to
  // end.
  bool host_noticed = request.trap.kind() == Trap::Kind::stack_exhausted;
  EXPECT_TRUE(host_noticed || request.trap.code() == TrapCode::stack_overflow);
}

TEST(StackBudget, GivesEveryEntryItsWholeStack) {
  auto engine = make_engine();
  // The innermost of several entries recurses as deep as it can.
  int level = 0;
  Program program(*engine, recursion, {[&](Store& store, int32_t& value) -> Trap {
    Guest& guest = store.owner_as<Guest>();
    if (++level < 100) {
      if (store.fiber().stack_left() > (1 << 20)) {
        return guest.call(store.fiber(), "run", value);
      }
    }
    value = 10'000'000;
    return guest.call(store.fiber(), "deep", value);
  }});
  Guest guest(*engine, program, &guest);
  Request request(guest, "run", 0);
  EXPECT_EQ(request.run_on(), Progress::done);
  ASSERT_TRUE(request.trap);
  EXPECT_EQ(request.trap.code(), TrapCode::stack_overflow);
  EXPECT_GT(level, 1);
}

constexpr std::string_view grower = R"((module
  (memory (export "memory") 1)
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "must") (param i32) (result i32)
    (if (i32.eq (memory.grow (local.get 0)) (i32.const -1)) (then (unreachable)))
    (memory.size))))";

TEST(MemoryLimit, IsSharedByTheStoresOfARequest) {
  auto engine = make_engine();
  Program program(*engine, grower);
  MemoryLimit limit(10 * 65536);
  {
    Store a(*engine, nullptr), b(*engine, nullptr);
    a.set_memory_limit(limit);
    b.set_memory_limit(limit);
    ASSERT_TRUE(a.instantiate(program.pre).ok());
    ASSERT_TRUE(b.instantiate(program.pre).ok());
    EXPECT_EQ(limit.used(), 2u * 65536);
    EXPECT_EQ(a.memory_bytes(), 65536u);
  }
  EXPECT_EQ(limit.used(), 0u);
  EXPECT_EQ(limit.peak(), 2u * 65536);
  EXPECT_FALSE(limit.refused());
}

// A guest with a limit from its first memory on.
struct Limited : FiberBody {
  Limited(Engine& engine, Program& program, uint64_t bytes, std::string name, int32_t value)
      : program(program), limit(bytes), store(engine, nullptr), name(name), value(value) {
    store.set_memory_limit(limit);
    auto made = store.instantiate(program.pre);
    if (!made.ok()) {
      trap = std::move(made).error();
      return;
    }
    instance = *made;
    Fiber fiber(store, *this);
    while (fiber.resume() != Progress::done) {
    }
  }
  void run(Fiber& fiber) override {
    Memory memory(store, store.get(instance, program.module.find_export("memory")).memory);
    Raw raw;
    raw.i32 = value;
    trap = store.call(fiber, store.get_func(instance, program.module.find_export(name)), &raw, 1);
    value = raw.i32;
    size = memory.size();
  }
  Program& program;
  MemoryLimit limit;
  Store store;
  std::string name;
  int32_t value;
  Instance instance;
  Trap trap;
  size_t size = 0;
};

TEST(MemoryLimit, RefusesGrowthBeyondItAndRemembers) {
  auto engine = make_engine();
  Program program(*engine, grower);
  Limited within(*engine, program, 10 * 65536, "grow", 9);
  EXPECT_EQ(within.value, 1);
  EXPECT_EQ(within.size, 10u * 65536);
  EXPECT_FALSE(within.limit.refused());
  Limited beyond(*engine, program, 10 * 65536, "grow", 10);
  EXPECT_FALSE(beyond.trap);
  EXPECT_EQ(beyond.value, -1);
  EXPECT_EQ(beyond.size, 65536u);
  EXPECT_TRUE(beyond.limit.refused());
}

TEST(MemoryLimit, IsTheReasonWhenAGuestGivesUpAfterARefusal) {
  auto engine = make_engine();
  Program program(*engine, grower);
  Limited guest(*engine, program, 10 * 65536, "must", 10);
  ASSERT_TRUE(guest.trap);
  EXPECT_EQ(guest.trap.kind(), Trap::Kind::memory_limit);
  EXPECT_EQ(guest.trap.code(), TrapCode::unreachable);
  EXPECT_NE(guest.trap.message().find("655360 bytes"), std::string::npos);
}

TEST(MemoryLimit, RefusesAFirstMemoryThatIsTooLarge) {
  auto engine = make_engine();
  Program program(*engine, "(module (memory (export \"memory\") 20))");
  Limited guest(*engine, program, 10 * 65536, "none", 0);
  ASSERT_TRUE(guest.trap);
  EXPECT_EQ(guest.trap.kind(), Trap::Kind::memory_limit);
  EXPECT_EQ(guest.limit.used(), 0u);
}

TEST(MemoryLimit, OfTheEngineHoldsWithoutAnyOther) {
  Config config = testing::small_config();
  config.max_memory_bytes = 5 * 65536;
  auto engine = make_engine(config);
  Program program(*engine, grower);
  Limited beyond(*engine, program, UINT64_MAX, "grow", 5);
  EXPECT_EQ(beyond.value, -1);
  EXPECT_TRUE(beyond.limit.refused());
  Limited within(*engine, program, UINT64_MAX, "grow", 4);
  EXPECT_EQ(within.value, 1);
  auto wasm = assemble("(module (memory 6))");
  auto module = Module::compile(*engine, wasm->span());
  if (module.ok()) {
    Store store(*engine, nullptr);
    EXPECT_FALSE(store.instantiate(*module, {}).ok());
  }
}

TEST(Memory, SeesItsNewSizeAfterTheGuestGrewIt) {
  auto engine = make_engine();
  Program program(*engine, grower);
  Guest guest(*engine, program);
  Memory memory = guest.memory();
  uint8_t* base = memory.base();
  EXPECT_EQ(memory.size(), 65536u);
  Request request(guest, "grow", 3);
  request.finish();
  EXPECT_EQ(memory.size(), 4u * 65536);
  EXPECT_EQ(memory.base(), base);
  memory.bytes().back() = 1;
  Request absurd(guest, "grow", -1);
  absurd.finish();
  EXPECT_EQ(absurd.value, -1);
  EXPECT_EQ(memory.size(), 4u * 65536);
}

TEST(Pool, SaysThatItIsFullAndTakesMoreWhenOneIsGone) {
  Config config = testing::small_config();
  config.max_instances = 2;
  config.memories_each = 1;
  auto engine = make_engine(config);
  Program program(*engine, grower);
  auto a = std::make_unique<Guest>(*engine, program);
  Guest b(*engine, program);
  {
    Store store(*engine, nullptr);
    auto made = store.instantiate(program.pre);
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().kind(), Trap::Kind::pool_exhausted);
  }
  EXPECT_EQ(engine->metrics().memories, 2u);
  a.reset();
  Store store(*engine, nullptr);
  EXPECT_TRUE(store.instantiate(program.pre).ok());
}

}  // namespace
}  // namespace weir::engine
