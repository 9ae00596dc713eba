// What host calls, calls into guests, calls between components and instantiation cost.
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "component/instance.h"
#include "component/linked.h"
#include "util/manual_executor.h"

namespace weir::component {
namespace {

// Runs until `instance` is done: it may use up its turn.
void finish(Instance& instance, ManualExecutor& executor) {
  while (instance.running()) {
    if (!executor.turn()) std::abort();
  }
}

class Host {
 public:
  virtual ~Host() = default;
  virtual OrTrap<uint64_t> add(Call&, uint64_t a, uint64_t b) { return a + b; }
  virtual OrTrap<uint32_t> text(Call&, std::string_view text) {
    return static_cast<uint32_t>(text.size());
  }
};

Host host;
Host& host_of(void*) { return host; }

constexpr std::string_view text = R"((component
  (import "bench:host/api" (instance $api
    (export "add" (func (param "a" u64) (param "b" u64) (result u64)))
    (export "text" (func (param "s" string) (result u32)))))
  (component $callee
    (core module $m (func (export "add") (param i64 i64) (result i64)
      (i64.add (local.get 0) (local.get 1))))
    (core instance $m (instantiate $m))
    (func (export "add") (param "a" u64) (param "b" u64) (result u64)
      (canon lift (core func $m "add"))))
  (instance $callee (instantiate $callee))
  (core module $mem (memory (export "memory") 1)
    (data (i32.const 0) "a text of forty-two bytes, or nearly that."))
  (core instance $mem (instantiate $mem))
  (core func $add (canon lower (func $api "add")))
  (core func $text (canon lower (func $api "text") (memory (core memory $mem "memory"))))
  (core func $cross (canon lower (func $callee "add")))
  (core module $m
    (import "h" "add" (func $add (param i64 i64) (result i64)))
    (import "h" "text" (func $text (param i32 i32) (result i32)))
    (import "h" "cross" (func $cross (param i64 i64) (result i64)))
    (func (export "empty") (param i32))
    (func (export "adds") (param i32)
      (loop $l (drop (call $add (i64.const 1) (i64.const 2)))
        (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
    (func (export "texts") (param i32)
      (loop $l (drop (call $text (i32.const 0) (i32.const 42)))
        (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
    (func (export "crosses") (param i32)
      (loop $l (drop (call $cross (i64.const 1) (i64.const 2)))
        (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
  (core instance $m (instantiate $m (with "h" (instance (export "add" (func $add))
    (export "text" (func $text)) (export "cross" (func $cross))))))
  (func (export "empty") (param "n" u32) (canon lift (core func $m "empty")))
  (func (export "adds") (param "n" u32) (canon lift (core func $m "adds")))
  (func (export "texts") (param "n" u32) (canon lift (core func $m "texts")))
  (func (export "crosses") (param "n" u32) (canon lift (core func $m "crosses")))))";

constexpr std::string_view small_text = R"((component
  (core module $m (memory (export "memory") 1) (func (export "run")))
  (core instance $m (instantiate $m))
  (func (export "run") (canon lift (core func $m "run")))))";

struct Setup {
  explicit Setup(std::string_view wat) {
    auto made = engine::Engine::create({});
    if (!made.ok()) std::abort();
    engine = std::move(made).value();
    auto interface = linker.interface<Host>("bench:host/api", &host_of);
    interface.function<&Host::add>("add");
    interface.function<&Host::text>("text");
    auto wasm = engine::assemble(wat);
    auto component = Component::compile(*engine, wasm->span());
    auto result = Linked::link(*engine, *component, linker);
    if (!result.ok()) std::abort();
    linked = *result;
  }
  std::unique_ptr<engine::Engine> engine;
  Linker linker;
  std::shared_ptr<const Linked> linked;
  ManualExecutor executor;
};

class CallJob final : public Job {
 public:
  CallJob(const Setup& setup, std::string_view name, uint32_t count)
      : id_(*setup.linked->find("", name)), count_(count) {}
  OrTrap<void> run(Instance& instance) override { return instance.call<void>(id_, count_); }
  void done(Trap trap) override {
    if (trap) std::abort();
  }

 private:
  ExportId id_;
  uint32_t count_;
};

void calls(benchmark::State& state, std::string_view name) {
  Setup setup(text);
  Instance instance(*setup.engine, *setup.linked, {.executor = setup.executor});
  constexpr uint32_t batch = 10'000;
  CallJob job(setup, name, batch);
  for (auto unused : state) {
    instance.start(job);
    finish(instance, setup.executor);
  }
  state.SetItemsProcessed(state.iterations() * batch);
}

void BM_HostCallOfIntegers(benchmark::State& state) { calls(state, "adds"); }
void BM_HostCallWithAString(benchmark::State& state) { calls(state, "texts"); }
void BM_CallBetweenComponents(benchmark::State& state) { calls(state, "crosses"); }
BENCHMARK(BM_HostCallOfIntegers);
BENCHMARK(BM_HostCallWithAString);
BENCHMARK(BM_CallBetweenComponents);

void BM_JobOnALivingInstance(benchmark::State& state) {
  Setup setup(text);
  Instance instance(*setup.engine, *setup.linked, {.executor = setup.executor});
  CallJob job(setup, "empty", 1);
  for (auto unused : state) {
    instance.start(job);
    finish(instance, setup.executor);
  }
}
BENCHMARK(BM_JobOnALivingInstance);

class RunJob final : public Job {
 public:
  explicit RunJob(ExportId id) : id_(id) {}
  OrTrap<void> run(Instance& instance) override { return instance.call<void>(id_); }
  void done(Trap trap) override {
    if (trap) std::abort();
  }

 private:
  ExportId id_;
};

void BM_InstanceMadeCalledAndDropped(benchmark::State& state) {
  Setup setup(small_text);
  RunJob job(*setup.linked->find("", "run"));
  for (auto unused : state) {
    Instance instance(*setup.engine, *setup.linked, {.executor = setup.executor});
    instance.start(job);
    finish(instance, setup.executor);
  }
}
BENCHMARK(BM_InstanceMadeCalledAndDropped);

}  // namespace
}  // namespace weir::component
