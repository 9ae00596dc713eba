#include "engine/engine.h"

#include <atomic>
#include <chrono>
#include <thread>

#include "engine/pool_size.h"
#include "engine/testing/fixture.h"

namespace weir::engine {
namespace {

TEST(Config, IsCheckedBeforeTheEngineLibraryCouldAbort) {
  auto refused = [](auto change) {
    Config config = testing::small_config();
    change(config);
    auto engine = Engine::create(config);
    return !engine.ok() && engine.error().message.starts_with("engine configuration: ");
  };
  EXPECT_TRUE(refused([](Config& c) { c.max_instances = 0; }));
  EXPECT_TRUE(refused([](Config& c) { c.max_instances = UINT32_MAX; }));
  EXPECT_TRUE(refused([](Config& c) { c.core_instances_each = 0; }));
  EXPECT_TRUE(refused([](Config& c) { c.memories_each = 101; }));
  EXPECT_TRUE(refused([](Config& c) { c.fibers_each = 0; }));
  EXPECT_TRUE(refused([](Config& c) { c.table_elements = 0; }));
  EXPECT_TRUE(refused([](Config& c) { c.max_memory_bytes = 1000; }));
  EXPECT_TRUE(refused([](Config& c) { c.max_memory_bytes = uint64_t{5} << 32; }));
  EXPECT_TRUE(refused([](Config& c) { c.max_wasm_stack = 0; }));
  EXPECT_TRUE(refused([](Config& c) { c.fiber_stack = c.max_wasm_stack; }));
  EXPECT_TRUE(refused([](Config& c) { c.fiber_stack = SIZE_MAX; }));
  EXPECT_TRUE(refused([](Config& c) { c.max_wasm_stack = SIZE_MAX; }));
  EXPECT_TRUE(refused([](Config& c) { c.backtrace_frames = UINT32_MAX; }));
}

TEST(Engine, TellsItsFacts) {
  auto engine = testing::make_engine();
  const EngineFacts& facts = engine->facts();
  EXPECT_EQ(facts.version, "48.0.8");
  EXPECT_EQ(facts.max_instances, testing::small_config().max_instances);
  EXPECT_TRUE(facts.max_instances_reason.empty());
  EXPECT_EQ(facts.pagemap, facts.pagemap_reason.empty());
  EXPECT_EQ(facts.compatibility_hash, testing::make_engine()->facts().compatibility_hash);
}

TEST(Engine, WorksWithEveryWayToResetMemoryThatTheKernelHas) {
  for (auto pagemap : {Config::Pagemap::off, Config::Pagemap::automatic}) {
    for (size_t keep : {size_t{0}, size_t{16} << 10, size_t{1} << 20}) {
      Config config = testing::small_config();
      config.pagemap = pagemap;
      config.keep_resident = config.keep_resident_without_pagemap = keep;
      auto engine = testing::make_engine(config);
      if (pagemap == Config::Pagemap::off) {
        EXPECT_FALSE(engine->facts().pagemap);
      }
      // Each guest sees its image, and nothing of the ones before.
      testing::Program program(*engine, R"((module
        (memory (export "memory") 4)
        (data (i32.const 70000) "seven")
        (func (export "run") (param i32) (result i32) (local $sum i32)
          (loop $l
            (local.set $sum (i32.add (local.get $sum) (i32.load8_u (local.get 0))))
            (i32.store8 (local.get 0) (i32.const 255))
            (local.set 0 (i32.add (local.get 0) (i32.const 1)))
            (br_if $l (i32.lt_u (local.get 0) (i32.const 262144))))
          (local.get $sum))))");
      for (int i = 0; i < 20; i++) {
        testing::Guest guest(*engine, program);
        testing::Request request(guest, "run", 0);
        request.finish();
        EXPECT_EQ(request.value, 's' + 'e' + 'v' + 'e' + 'n');
      }
    }
  }
}

TEST(Engine, RefusesPagemapScanWhereItCannotBeHad) {
  Config config = testing::small_config();
  config.pagemap = Config::Pagemap::on;
  auto engine = Engine::create(config);
  if (testing::make_engine()->facts().pagemap) {
    EXPECT_TRUE(engine.ok());
  } else {
    ASSERT_FALSE(engine.ok());
    EXPECT_NE(engine.error().message.find("PAGEMAP_SCAN is asked for"), std::string::npos);
  }
}

TEST(PoolSize, IsWhatWasAskedForOnAnOrdinarySystem) {
  Config config;
  PoolSize size =
      fit_pool(config, {.max_mappings = 65530, .can_reserve = [](uint64_t) { return true; }});
  EXPECT_EQ(size.instances, config.max_instances);
  EXPECT_EQ(size.fibers, config.max_instances * config.fibers_each);
  EXPECT_EQ(size.memories, config.max_instances * config.memories_each);
  EXPECT_EQ(size.memory_reservation, uint64_t{4} << 30);
  EXPECT_TRUE(size.reason.empty());
}

TEST(PoolSize, KeepsToTheMappingsOfTheProcess) {
  Config config;
  config.max_instances = 100'000;
  PoolSize size =
      fit_pool(config, {.max_mappings = 65530, .can_reserve = [](uint64_t) { return true; }});
  EXPECT_LT(size.instances, 100'000u);
  EXPECT_LE(2 * size.fibers + 3 * size.memories, 65530u);
  EXPECT_NE(size.reason.find("vm.max_map_count is 65530"), std::string::npos);
}

TEST(PoolSize, HasRoomForTenThousandRequestsOnAnOrdinarySystem) {
  Config config;
  config.max_instances = 10'000;
  PoolSize size =
      fit_pool(config, {.max_mappings = 65530, .can_reserve = [](uint64_t) { return true; }});
  EXPECT_EQ(size.instances, 10'000u);
  EXPECT_TRUE(size.reason.empty());
  EXPECT_GE(size.fibers, size.instances);
  EXPECT_GE(size.memories, size.instances);
}

TEST(PoolSize, KeepsToTheAddressSpaceOfTheProcess) {
  Config config;
  auto half_a_tib = [](uint64_t bytes) { return bytes <= uint64_t{1} << 39; };
  PoolSize size = fit_pool(config, {.max_mappings = 65530, .can_reserve = half_a_tib});
  EXPECT_GE(size.instances, 16u);
  EXPECT_LT(size.instances, 64u);
  EXPECT_EQ(size.memory_reservation, uint64_t{4} << 30);
  EXPECT_FALSE(size.reason.empty());
}

TEST(PoolSize, ReservesLessForEachWhenThereIsLittle) {
  Config config;
  config.max_memory_bytes = 64 << 20;
  auto eight_gib = [](uint64_t bytes) { return bytes <= uint64_t{8} << 30; };
  PoolSize size = fit_pool(config, {.max_mappings = 65530, .can_reserve = eight_gib});
  EXPECT_GE(size.instances, 30u);
  EXPECT_EQ(size.memory_reservation, config.max_memory_bytes);
  auto nothing = [](uint64_t) { return false; };
  EXPECT_EQ(fit_pool(config, {.max_mappings = 65530, .can_reserve = nothing}).instances, 0u);
  EXPECT_EQ(fit_pool(config, {.max_mappings = 5, .can_reserve = eight_gib}).instances, 0u);
}

bool comes_true(const std::function<bool()>& condition) {
  auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

TEST(Ticker, TicksWhileAGuestRunsAndRestsAfterwards) {
  std::atomic<int> ticks{0};
  Ticker ticker([&] { ticks++; });
  EXPECT_EQ(ticks, 0);
  Ticker::Lane& lane = ticker.lane();
  for (int round = 0; round < 3; round++) {
    int before = ticks;
    ticker.enter(lane);
    EXPECT_TRUE(comes_true([&] { return ticks >= before + 2; }));
    ticker.leave(lane);
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    int rested = ticks;
    // Long enough for the thread to go to sleep in the second round.
    std::this_thread::sleep_for(std::chrono::milliseconds(round == 1 ? 1300 : 100));
    EXPECT_EQ(ticks, rested);
  }
}

TEST(Ticker, StopsWithoutEverHavingStarted) {
  Ticker ticker([] {});
  ticker.stop();
  ticker.enter(ticker.lane());
  ticker.leave(ticker.lane());
}

TEST(Ticker, IsWokenFromManyThreads) {
  std::atomic<int> ticks{0};
  Ticker ticker([&] { ticks++; });
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; i++) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; n++) {
        Ticker::Lane& lane = ticker.lane();
        ticker.enter(lane);
        ticker.leave(lane);
      }
      Ticker::Lane& lane = ticker.lane();
      ticker.enter(lane);
      EXPECT_TRUE(comes_true([&] { return ticks >= 2; }));
      ticker.leave(lane);
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace weir::engine
