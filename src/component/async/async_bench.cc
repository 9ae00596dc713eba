// What calls between components cost: lowered asynchronously, and with a large list.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <cstring>

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

constexpr std::string_view async_text = R"((component
  (component $C
    (core func $return (canon task.return (result u32)))
    (core module $m
      (import "" "return" (func $return (param i32)))
      (func (export "f") (param i32) (result i32) (call $return (local.get 0)) (i32.const 0))
      (func (export "cb") (param i32 i32 i32) (result i32) unreachable))
    (core instance $i (instantiate $m (with "" (instance (export "return" (func $return))))))
    (func (export "f") async (param "v" u32) (result u32)
      (canon lift (core func $i "f") async (callback (core func $i "cb")))))
  (component $D
    (import "f" (func $f' async (param "v" u32) (result u32)))
    (core module $mem (memory (export "mem") 1))
    (core instance $mem (instantiate $mem))
    (core func $f (canon lower (func $f') async (memory (core memory $mem "mem"))))
    (core module $m
      (import "" "f" (func $f (param i32 i32) (result i32)))
      (func (export "run") (param i32)
        (loop $l (drop (call $f (i32.const 7) (i32.const 16)))
          (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
    (core instance $i (instantiate $m (with "" (instance (export "f" (func $f))))))
    (func (export "run") (param "n" u32) (canon lift (core func $i "run"))))
  (instance $c (instantiate $C))
  (instance $d (instantiate $D (with "f" (func $c "f"))))
  (func (export "run") (alias export $d "run"))))";

// Each call passes 1 MiB.
constexpr std::string_view list_text = R"((component
  (component $C
    (core module $m
      (memory (export "mem") 32)
      (func (export "f") (param i32 i32))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0)))
    (core instance $i (instantiate $m))
    (func (export "f") (param "bytes" (list u8))
      (canon lift (core func $i "f") (memory (core memory $i "mem"))
        (realloc (core func $i "realloc")))))
  (component $D
    (import "f" (func $f' (param "bytes" (list u8))))
    (core module $mem (memory (export "mem") 32))
    (core instance $mem (instantiate $mem))
    (core func $f (canon lower (func $f') (memory (core memory $mem "mem"))))
    (core module $m
      (import "" "f" (func $f (param i32 i32)))
      (func (export "run") (param i32)
        (loop $l (call $f (i32.const 0) (i32.const 1048576))
          (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
    (core instance $i (instantiate $m (with "" (instance (export "f" (func $f))))))
    (func (export "run") (param "n" u32) (canon lift (core func $i "run"))))
  (instance $c (instantiate $C))
  (instance $d (instantiate $D (with "f" (func $c "f"))))
  (func (export "run") (alias export $d "run"))))";

// Each turn reads and writes a context slot, as a stack pointer that lives there is used.
constexpr std::string_view context_text = R"((component
  (core func $get (canon context.get i32 0))
  (core func $set (canon context.set i32 0))
  (core module $m
    (import "" "get" (func $get (result i32)))
    (import "" "set" (func $set (param i32)))
    (func (export "run") (param i32)
      (loop $l (call $set (i32.add (call $get) (i32.const 1)))
        (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
  (core instance $i (instantiate $m (with "" (instance
    (export "get" (func $get)) (export "set" (func $set))))))
  (func (export "run") (param "n" u32) (canon lift (core func $i "run")))))";

class RunJob final : public Job {
 public:
  RunJob(ExportId id, uint32_t count) : id_(id), count_(count) {}
  OrTrap<void> run(Instance& instance) override { return instance.call<void>(id_, count_); }
  void done(Trap trap) override {
    if (trap) std::abort();
  }

 private:
  ExportId id_;
  uint32_t count_;
};

void run(benchmark::State& state, std::string_view wat, uint32_t batch) {
  auto engine = engine::Engine::create({});
  auto wasm = engine::assemble(wat);
  auto component = Component::compile(**engine, wasm->span());
  Linker linker;
  auto linked = Linked::link(**engine, *component, linker);
  if (!linked.ok()) std::abort();
  ManualExecutor executor;
  Instance instance(**engine, **linked, {.executor = executor});
  RunJob job(*(*linked)->find("", "run"), batch);
  for (auto unused : state) {
    instance.start(job);
    finish(instance, executor);
  }
  state.SetItemsProcessed(state.iterations() * batch);
}

void BM_AsyncCallBetweenComponents(benchmark::State& state) { run(state, async_text, 10'000); }
BENCHMARK(BM_AsyncCallBetweenComponents);

void BM_ContextGetAndSet(benchmark::State& state) { run(state, context_text, 10'000); }
BENCHMARK(BM_ContextGetAndSet);

void BM_MebibyteBetweenComponents(benchmark::State& state) {
  run(state, list_text, 100);
  state.SetBytesProcessed(state.iterations() * 100 * (1 << 20));
}
BENCHMARK(BM_MebibyteBetweenComponents);

void BM_MemcpyOfAMebibyte(benchmark::State& state) {
  std::string from(1 << 20, 'x');
  std::string to(1 << 20, 'y');
  for (auto unused : state) {
    std::memcpy(to.data(), from.data(), from.size());
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * (1 << 20));
}
BENCHMARK(BM_MemcpyOfAMebibyte);

}  // namespace
}  // namespace weir::component
