#include "engine/engine.h"

#include <algorithm>

#include "engine/c_api.h"
#include "engine/pool_size.h"
#include "engine/switch_notes.h"

namespace weir::engine {

namespace {

// What stays resident of a table in a free slot: as much as usual guests use.
constexpr size_t table_keep_resident = 64 << 10;

// Fills in whether PAGEMAP_SCAN is used, and says why not; an error if it is asked for in vain.
Result<void> decide_pagemap(const Config& config, EngineFacts& facts) {
  if (config.pagemap == Config::Pagemap::off) {
    facts.pagemap_reason = "it is turned off";
  } else if (weir_engine_pagemap_mend() == 0) {
    facts.pagemap_reason =
        "this engine library leaves swapped-out pages to the next instance; build it with "
        "tools/engine/build.sh";
  } else if (!weir_pagemap_scan_available()) {
    facts.pagemap_reason = "the kernel lacks PAGEMAP_SCAN, which is in Linux 6.7 and later";
  } else {
    facts.pagemap = true;
  }
  if (!facts.pagemap && config.pagemap == Config::Pagemap::on) {
    return Err(
        Error{"engine configuration: PAGEMAP_SCAN is asked for, but " + facts.pagemap_reason});
  }
  facts.keep_resident = facts.pagemap ? config.keep_resident : config.keep_resident_without_pagemap;
  return {};
}

void set_features(wasm_config_t* to) {
  wasmtime_config_wasm_simd_set(to, true);
  wasmtime_config_wasm_relaxed_simd_set(to, true);
  wasmtime_config_wasm_bulk_memory_set(to, true);
  wasmtime_config_wasm_multi_value_set(to, true);
  wasmtime_config_wasm_multi_memory_set(to, true);
  wasmtime_config_wasm_tail_call_set(to, true);
  wasmtime_config_wasm_reference_types_set(to, true);
  wasmtime_config_wasm_function_references_set(to, true);
  wasmtime_config_wasm_gc_set(to, true);
  wasmtime_config_wasm_exceptions_set(to, true);
  wasmtime_config_wasm_memory64_set(to, false);
}

// ThreadSanitizer does not see how the compiler's own threads wait for each other.
#if defined(WEIR_FIBERS_UNDER_TSAN)
constexpr bool under_tsan = true;
#else
constexpr bool under_tsan = false;
#endif

wasmtime_opt_level_t opt_level(Config::Optimize optimize) {
  switch (optimize) {
    case Config::Optimize::none:
      return WASMTIME_OPT_LEVEL_NONE;
    case Config::Optimize::speed:
      return WASMTIME_OPT_LEVEL_SPEED;
    case Config::Optimize::speed_and_size:
      return WASMTIME_OPT_LEVEL_SPEED_AND_SIZE;
  }
  return WASMTIME_OPT_LEVEL_SPEED;
}

void set_pool(wasm_config_t* to, const Config& config, const PoolSize& size,
              const EngineFacts& facts) {
  wasmtime_pooling_allocation_config_t* pool = wasmtime_pooling_allocation_config_new();
  uint32_t n = size.instances;
  wasmtime_pooling_allocation_config_total_core_instances_set(pool, n * config.core_instances_each);
  wasmtime_pooling_allocation_config_total_memories_set(pool, size.memories);
  wasmtime_pooling_allocation_config_total_tables_set(pool, n * config.tables_each);
  wasmtime_pooling_allocation_config_total_stacks_set(pool, size.fibers);
  wasmtime_pooling_allocation_config_total_gc_heaps_set(pool, n);
  wasmtime_pooling_allocation_config_max_memory_size_set(pool, config.max_memory_bytes);
  wasmtime_pooling_allocation_config_max_memories_per_module_set(pool, 16);
  wasmtime_pooling_allocation_config_max_tables_per_module_set(pool, 16);
  wasmtime_pooling_allocation_config_table_elements_set(pool, config.table_elements);
  wasmtime_pooling_allocation_config_linear_memory_keep_resident_set(pool, facts.keep_resident);
  wasmtime_pooling_allocation_config_table_keep_resident_set(
      pool, std::min(table_keep_resident, facts.keep_resident));
  weir_pooling_pagemap_scan_set(pool, facts.pagemap ? WEIR_PAGEMAP_SCAN_YES : WEIR_PAGEMAP_SCAN_NO);
  wasmtime_pooling_allocation_strategy_set(to, pool);
  wasmtime_pooling_allocation_config_delete(pool);
  wasmtime_config_memory_reservation_set(to, size.memory_reservation);
  wasmtime_config_memory_guard_size_set(to, size.memory_guard);
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::create(const Config& config) {
  WEIR_TRY(check(config));
  EngineFacts facts;
  WEIR_TRY(decide_pagemap(config, facts));
  PoolSize size = fit_pool(config, SystemLimits::read());
  if (size.instances == 0) {
    return Err(Error{"the engine's pool cannot hold one instance: " + size.reason});
  }

  wasm_config_t* raw = wasm_config_new();
  set_features(raw);
  wasmtime_config_epoch_interruption_set(raw, config.epochs);
  wasmtime_config_parallel_compilation_set(raw, config.parallel_compile && !under_tsan);
  wasmtime_config_cranelift_opt_level_set(raw, opt_level(config.optimize));
  wasmtime_config_async_stack_size_set(raw, config.fiber_stack);
  wasmtime_config_max_wasm_stack_set(raw, config.max_wasm_stack);
  weir_config_backtrace_max_frames_set(raw, config.backtrace_frames);
  set_pool(raw, config, size, facts);

  wasm_engine_t* engine = wasm_engine_new_with_config(raw);
  if (!engine) return Err("the engine could not be made");
  facts.version = weir_engine_version();
  facts.compatibility_hash = weir_engine_compatibility_hash(engine);
  facts.max_instances = size.instances;
  facts.max_instances_reason = std::move(size.reason);
  facts.memory_reservation = size.memory_reservation;
  facts.max_memory_bytes = config.max_memory_bytes;
  return std::unique_ptr<Engine>(new Engine(config, std::move(facts), engine));
}

bool uses_pagemap(const Config& config) {
  EngineFacts facts;
  return decide_pagemap(config, facts).ok() && facts.pagemap;
}

Engine::Engine(const Config& config, EngineFacts facts, wasm_engine_t* raw)
    : config_(config),
      facts_(std::move(facts)),
      raw_(raw),
      ticker_([this] { increment_epoch(); }) {}

Engine::~Engine() {
  ticker_.stop();
  wasm_engine_delete(raw_);
}

void Engine::increment_epoch() { wasmtime_engine_increment_epoch(raw_); }

PoolMetrics Engine::metrics() const {
  PoolMetrics metrics;
  weir_pool_metrics_t from;
  if (!weir_engine_pool_metrics(raw_, &from)) return metrics;
  metrics.core_instances = from.core_instances;
  metrics.memories = from.memories;
  metrics.tables = from.tables;
  metrics.stacks = from.stacks;
  metrics.idle_memories = from.unused_warm_memories;
  metrics.idle_memory_bytes_resident = from.unused_memory_bytes_resident;
  return metrics;
}

}  // namespace weir::engine
