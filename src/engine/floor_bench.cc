// What the engine alone costs a request: a store, an instance, a fiber, calls, and the reset of the
// memory. Everything else that Weir does comes on top.

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/fiber.h"
#include "engine/host_func.h"
#include "engine/memory.h"
#include "engine/module.h"
#include "engine/store.h"

namespace weir::engine {
namespace {

constexpr std::string_view guest_text = R"((module
  (import "h" "block" (func $block (param i32) (result i32)))
  (import "h" "fast" (func $fast (param i32) (result i32)))
  (import "h" "cross" (func $cross (param i32) (result i32)))
  (memory (export "memory") 17)
  (data (i32.const 1024) "hello")
  (func (export "hello") (param i32) (result i32) (local $at i32)
    (loop $dirty
      (i32.store (i32.add (local.get $at) (i32.const 2000)) (i32.const 7))
      (local.set $at (i32.add (local.get $at) (i32.const 70000)))
      (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
      (br_if $dirty (local.get 0)))
    (drop (call $fast (i32.const 1))) (drop (call $fast (i32.const 1))) (drop (call $fast (i32.const 1)))
    (drop (call $fast (i32.const 1))) (drop (call $fast (i32.const 1))) (drop (call $fast (i32.const 1)))
    (drop (call $fast (i32.const 1))) (drop (call $fast (i32.const 1))) (drop (call $fast (i32.const 1)))
    (drop (call $fast (i32.const 1))) (drop (call $fast (i32.const 1))) (drop (call $fast (i32.const 1)))
    (i32.const 7))
  (func (export "wait") (param i32) (result i32) (call $block (local.get 0)))
  (func (export "one") (param i32) (result i32) (local.get 0))
  (func (export "calls") (param i32) (result i32)
    (loop $l (drop (call $fast (i32.const 1)))
      (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if $l (local.get 0)))
    (i32.const 0))
  (func (export "crosses") (param i32) (result i32)
    (loop $l (drop (call $cross (i32.const 1)))
      (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if $l (local.get 0)))
    (i32.const 0))))";

Trap fast(const void*, Store&, Raw* values, size_t) noexcept {
  values[0].i32++;
  return {};
}

Trap block(const void*, Store& store, Raw* values, size_t) noexcept {
  for (int i = values[0].i32; i > 0; i--) {
    if (!store.fiber().suspend()) return Trap::cancelled();
  }
  return {};
}

Trap cross(const void*, Store& store, Raw* values, size_t) noexcept;

template <class T>
T must(Result<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(1);
  }
  return std::move(result).value();
}

// The engine and the guest, made once.
struct World {
  World()
      : engine(must(Engine::create(config()))),
        module(must(Module::compile(*engine, must(assemble(guest_text)).span()))),
        functions(*engine) {
    FuncType type{{ValType::i32}, {ValType::i32}};
    uint32_t ids[] = {functions.define(type, block, nullptr), functions.define(type, fast, nullptr),
                      functions.define(type, cross, nullptr)};
    pre = must(InstancePre::prepare(*engine, module, functions, ids));
    memory = module.find_export("memory");
  }
  static Config config() {
    Config config;
    config.max_instances = 8100;
    config.memories_each = 1;
    config.fibers_each = 1;
    config.tables_each = 1;
    config.core_instances_each = 2;
    if (const char* text = std::getenv("WEIR_BENCH_PAGEMAP")) {
      config.pagemap = *text == '0' ? Config::Pagemap::off : Config::Pagemap::on;
    }
    if (const char* text = std::getenv("WEIR_BENCH_KEEP")) {
      config.keep_resident = config.keep_resident_without_pagemap = std::strtoull(text, nullptr, 0);
    }
    return config;
  }
  static World& get() {
    static World world;
    return world;
  }
  std::unique_ptr<Engine> engine;
  Module module;
  HostFuncs functions;
  InstancePre pre;
  ExportId memory;
};

struct Request final : FiberBody {
  Request(World& world, ExportId id, int32_t argument)
      : world(world), limit(1 << 30), store(*world.engine, this), fiber(store, *this) {
    store.set_memory_limit(limit);
    auto made = store.instantiate(world.pre);
    if (!made.ok()) {
      std::fprintf(stderr, "%s\n", made.error().describe().c_str());
      std::exit(1);
    }
    instance = *made;
    func = store.get_func(instance, id);
    value.i32 = argument;
  }
  void run(Fiber& on) override {
    Memory memory(store, store.get(instance, world.memory).memory);
    benchmark::DoNotOptimize(memory.base());
    if (Trap trap = store.call(on, func, &value, 1)) {
      std::fprintf(stderr, "%s\n", trap.describe().c_str());
      std::exit(1);
    }
  }
  World& world;
  MemoryLimit limit;
  Store store;
  Fiber fiber;
  Instance instance;
  Func func;
  Raw value;
  Request* callee = nullptr;
};

Trap cross(const void*, Store& store, Raw* values, size_t) noexcept {
  Request& callee = *store.owner_as<Request>().callee;
  return callee.store.call(store.fiber(), callee.func, values, 1);
}

// Argument: pages that the guest writes to. 12 host calls each.
void whole_request(benchmark::State& state) {
  World& world = World::get();
  ExportId id = world.module.find_export("hello");
  for (auto _ : state) {
    Request request(world, id, static_cast<int32_t>(state.range(0)));
    while (request.fiber.resume() != Fiber::Progress::done) {
    }
  }
}
BENCHMARK(whole_request)->Arg(1)->Arg(8)->Arg(15)->MinWarmUpTime(0.2)->UseRealTime();
BENCHMARK(whole_request)->Arg(8)->Threads(2)->MinWarmUpTime(0.2)->UseRealTime();

void store_and_instance(benchmark::State& state) {
  World& world = World::get();
  ExportId id = world.module.find_export("one");
  for (auto _ : state) Request request(world, id, 1);
}
BENCHMARK(store_and_instance);

void store_alone(benchmark::State& state) {
  World& world = World::get();
  for (auto _ : state) Store store(*world.engine, nullptr);
}
BENCHMARK(store_alone);

// A fiber that is cancelled answers with a trap, which `Request::run` takes for a failure.
struct Waiter final : FiberBody {
  explicit Waiter(Request& request) : request(request), fiber(request.store, *this) {}
  void run(Fiber& on) override {
    Trap trap = request.store.call(on, request.func, &request.value, 1);
    if (trap && trap.kind() != Trap::Kind::cancelled) std::exit(1);
  }
  Request& request;
  Fiber fiber;
};

void block_once(benchmark::State& state) {
  World& world = World::get();
  Request request(world, world.module.find_export("wait"), 2'000'000'000);
  Waiter waiter(request);
  waiter.fiber.resume();
  for (auto _ : state) waiter.fiber.resume();
}
BENCHMARK(block_once);

void fiber_alone(benchmark::State& state) {
  World& world = World::get();
  Request request(world, world.module.find_export("one"), 1);
  for (auto _ : state) {
    Waiter waiter(request);
    while (waiter.fiber.resume() != Fiber::Progress::done) {
    }
  }
}
BENCHMARK(fiber_alone);

void host_call(benchmark::State& state) {
  World& world = World::get();
  ExportId id = world.module.find_export("calls");
  for (auto _ : state) {
    state.PauseTiming();
    Request request(world, id, 1'000'000);
    state.ResumeTiming();
    while (request.fiber.resume() != Fiber::Progress::done) {
    }
  }
  state.SetItemsProcessed(state.iterations() * 1'000'000);
}
BENCHMARK(host_call);

void call_into_another_store(benchmark::State& state) {
  World& world = World::get();
  Request callee(world, world.module.find_export("one"), 1);
  ExportId id = world.module.find_export("crosses");
  for (auto _ : state) {
    state.PauseTiming();
    Request request(world, id, 1'000'000);
    request.callee = &callee;
    state.ResumeTiming();
    while (request.fiber.resume() != Fiber::Progress::done) {
    }
  }
  state.SetItemsProcessed(state.iterations() * 1'000'000);
}
BENCHMARK(call_into_another_store);

size_t resident_kib() {
  size_t pages = 0, resident = 0;
  if (FILE* file = std::fopen("/proc/self/statm", "re")) {
    if (std::fscanf(file, "%zu %zu", &pages, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return resident * 4;
}

// Resumes 8,000 requests that all wait at the same time.
void suspended(benchmark::State& state) {
  World& world = World::get();
  ExportId id = world.module.find_export("wait");
  size_t before = resident_kib();
  std::vector<std::unique_ptr<Request>> requests;
  for (int i = 0; i < 8000; i++) {
    requests.push_back(std::make_unique<Request>(world, id, 2'000'000'000));
  }
  std::vector<std::unique_ptr<Waiter>> waiters;
  for (auto& request : requests) {
    waiters.push_back(std::make_unique<Waiter>(*request));
    waiters.back()->fiber.resume();
  }
  // Of the first time: later ones find the pool's pages in place.
  static const double kib_each = static_cast<double>(resident_kib() - before) / 8000;
  state.counters["KiB_each"] = kib_each;
  size_t next = 0;
  for (auto _ : state) {
    waiters[next]->fiber.resume();
    next = next + 1 == waiters.size() ? 0 : next + 1;
  }
}
BENCHMARK(suspended);

}  // namespace
}  // namespace weir::engine
