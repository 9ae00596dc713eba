#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "component/function_job.h"
#include "component/instance.h"
#include "component/linked.h"
#include "util/manual_executor.h"

// What the tests of running components share. Only *_test.cc files include it.
namespace weir::component::testing {

inline engine::Engine& test_engine() {
  static std::unique_ptr<engine::Engine> engine = [] {
    engine::Config config;
    config.max_instances = 16;
    config.core_instances_each = 8;
    auto made = engine::Engine::create(config);
    EXPECT_TRUE(made.ok()) << (made.ok() ? "" : made.error().message);
    return std::move(made).value();
  }();
  return *engine;
}

inline std::shared_ptr<const Linked> link_text(std::string_view text, const Linker& linker,
                                               const LinkOptions& options = {}) {
  auto wasm = engine::assemble(text);
  EXPECT_TRUE(wasm.ok()) << (wasm.ok() ? "" : wasm.error().message);
  if (!wasm.ok()) return nullptr;
  auto component = Component::compile(test_engine(), wasm->span());
  EXPECT_TRUE(component.ok()) << (component.ok() ? "" : component.error().message);
  if (!component.ok()) return nullptr;
  auto linked = Linked::link(test_engine(), *component, linker, options);
  EXPECT_TRUE(linked.ok()) << (linked.ok() ? "" : linked.error().message);
  return linked.ok() ? *linked : nullptr;
}

// A job made of a function.
class TestJob final : public FunctionJob {
 public:
  using FunctionJob::FunctionJob;
  std::string message() const { return trap ? trap.message() : ""; }
};

// Those of `InstanceOptions`.
struct Limits {
  uint64_t memory_limit = uint64_t{128} << 20;
  uint64_t cpu_limit_ns = 0;
  uint32_t handle_limit = 100'000;
  uint64_t copy_budget = kDefaultCopyBudget;
};

// A component with what it needs to run.
struct World {
  World(std::string_view text, const Linker& linker, Limits* options = nullptr,
        void* state = nullptr)
      : linked(link_text(text, linker)) {
    InstanceOptions made{.executor = executor, .state = state};
    if (options) {
      made.memory_limit = options->memory_limit;
      made.cpu_limit_ns = options->cpu_limit_ns;
      made.handle_limit = options->handle_limit;
      made.copy_budget = options->copy_budget;
    }
    if (linked) instance.emplace(test_engine(), *linked, made);
  }
  ExportId find(std::string_view name) {
    if (!linked) return ExportId{0};
    auto id = linked->find("", name);
    EXPECT_TRUE(id.has_value()) << name;
    return id.value_or(ExportId{0});
  }
  // Calls an export; the trap's message if there is one, else empty.
  template <class R, class... A>
  std::string call(R& result, std::string_view name, A... arguments) {
    TestJob job([&](Instance& i) -> OrTrap<void> {
      result = WEIR_TRY_TRAP((i.call<R, A...>(find(name), arguments...)));
      return {};
    });
    return finish(job);
  }
  template <class... A>
  std::string run(std::string_view name, A... arguments) {
    TestJob job([&](Instance& i) { return i.call<void, A...>(find(name), arguments...); });
    return finish(job);
  }
  // Starts a call of an export, which may go on.
  template <class R, class... A>
  std::unique_ptr<TestJob> start(std::string_view name, R& result, A... arguments) {
    auto job = std::make_unique<TestJob>([=, this, &result](Instance& i) -> OrTrap<void> {
      result = WEIR_TRY_TRAP((i.call<R, A...>(find(name), arguments...)));
      return {};
    });
    instance->start(*job);
    drain();
    return job;
  }
  void drain() {
    while (executor.drain() > 0) {
    }
  }
  std::string finish(TestJob& job) {
    if (!instance) return "it was not linked";
    instance->start(job);
    for (int turns = 0; !job.ended && turns < 1000 && executor.drain() > 0; ++turns) {
    }
    EXPECT_TRUE(job.ended);
    last = std::move(job.trap);
    return last ? last.message() : "";
  }

  ManualExecutor executor;
  std::shared_ptr<const Linked> linked;
  std::optional<Instance> instance;
  Trap last;
};

}  // namespace weir::component::testing
