#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "engine/fiber.h"
#include "engine/host_func.h"
#include "engine/memory.h"
#include "engine/module.h"
#include "engine/store.h"

// What the tests of this room share. Only *_test.cc files include it.
namespace weir::engine::testing {

// A pool small enough for the sanitizers.
inline Config small_config() {
  Config config;
  config.max_instances = 8;
  config.core_instances_each = 4;
  return config;
}

inline std::unique_ptr<Engine> make_engine(const Config& config = small_config()) {
  auto engine = Engine::create(config);
  EXPECT_TRUE(engine.ok()) << (engine.ok() ? "" : engine.error().message);
  return engine.ok() ? std::move(engine).value() : nullptr;
}

inline Module compile(Engine& engine, std::string_view wat) {
  auto wasm = assemble(wat);
  EXPECT_TRUE(wasm.ok()) << (wasm.ok() ? "" : wasm.error().message);
  auto module = Module::compile(engine, wasm->span());
  EXPECT_TRUE(module.ok()) << (module.ok() ? "" : module.error().message);
  return *module;
}

// Host functions that the guests of the tests import, all of type (i32) -> i32, as
// `Trap(Store&, int32_t& value)`.
using Host = std::function<Trap(Store&, int32_t&)>;

inline Trap call_host(const void* env, Store& store, Raw* values, size_t) noexcept {
  return (*static_cast<const Host*>(env))(store, values[0].i32);
}

inline FuncType i32_to_i32() { return {{ValType::i32}, {ValType::i32}}; }

// A module with the host functions for its imports, in their order.
struct Program {
  Program(Engine& engine, std::string_view wat, std::vector<Host> hosts = {})
      : module(compile(engine, wat)), hosts(std::move(hosts)), functions(engine) {
    std::vector<uint32_t> ids;
    for (const Host& host : this->hosts) {
      ids.push_back(functions.define(i32_to_i32(), call_host, &host));
    }
    auto made = InstancePre::prepare(engine, module, functions, ids);
    EXPECT_TRUE(made.ok()) << (made.ok() ? "" : made.error().message);
    if (made.ok()) pre = std::move(made).value();
  }
  Module module;
  std::vector<Host> hosts;
  HostFuncs functions;
  InstancePre pre;
};

// A store with one instance in it.
struct Guest {
  Guest(Engine& engine, const Program& program, void* owner = nullptr, MemoryLimit* limit = nullptr)
      : store(engine, owner), program(program) {
    if (limit) store.set_memory_limit(*limit);
    auto made = store.instantiate(program.pre);
    EXPECT_TRUE(made.ok()) << (made.ok() ? "" : made.error().describe());
    if (made.ok()) instance = *made;
  }
  Func func(std::string_view name) {
    return store.get_func(instance, program.module.find_export(name));
  }
  Memory memory(std::string_view name = "memory") {
    return Memory(store, store.get(instance, program.module.find_export(name)).memory);
  }
  // On `fiber`: calls an export of type (i32) -> i32.
  Trap call(Fiber& fiber, std::string_view name, int32_t& value) {
    Raw raw;
    raw.i32 = value;
    Trap trap = store.call(fiber, func(name), &raw, 1);
    value = raw.i32;
    return trap;
  }
  Store store;
  const Program& program;
  Instance instance;
};

// A request on a guest: calls one export on a fiber of its own.
class Request : public FiberBody {
 public:
  Request(Guest& guest, std::string_view name, int32_t argument)
      : guest(guest), name(name), value(argument), fiber(guest.store, *this) {}

  void run(Fiber& fiber) override {
    trap = guest.call(fiber, name, value);
    ended = true;
  }
  // Resumes it until it waits or is done, however many turns that takes.
  Fiber::Progress run_on() {
    Fiber::Progress progress = fiber.resume();
    while (progress == Fiber::Progress::preempted) progress = fiber.resume();
    return progress;
  }
  // Resumes it until it is done; answers how often that took.
  int finish() {
    int turns = 1;
    while (fiber.resume() != Fiber::Progress::done) turns++;
    return turns;
  }

  Guest& guest;
  std::string name;
  int32_t value;
  Trap trap;
  bool ended = false;
  Fiber fiber;
};

// Suspends as often as its argument says, and then answers 100.
inline Trap block(Store& store, int32_t& value) {
  for (int32_t i = value; i > 0; i--) {
    if (!store.fiber().suspend()) return Trap::cancelled();
  }
  value = 100;
  return {};
}

}  // namespace weir::engine::testing
