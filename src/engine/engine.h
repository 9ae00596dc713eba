#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/config.h"
#include "engine/ticker.h"
#include "util/result.h"

struct wasm_engine_t;

namespace weir::engine {

// What an engine turned out to be, for the log and for the keys of caches.
struct EngineFacts {
  // Version of the core engine, as "48.0.8".
  std::string version;
  // Changes whenever compiled code of one engine could not be loaded by the other: version,
  // compiler settings, CPU features.
  uint64_t compatibility_hash = 0;
  // Requests that the pool can hold at a time, and why that is fewer than was asked for (else
  // empty).
  uint32_t max_instances = 0;
  std::string max_instances_reason;
  // Whether resets use PAGEMAP_SCAN, and why not (else empty).
  bool pagemap = false;
  std::string pagemap_reason;
  // In bytes, as in force.
  size_t keep_resident = 0;
  uint64_t memory_reservation = 0;
  uint64_t max_memory_bytes = 0;
};

// Whether an engine of this configuration would reset memory by PAGEMAP_SCAN.
bool uses_pagemap(const Config& config);

// How full the pool is, in slots.
struct PoolMetrics {
  uint64_t core_instances = 0;
  uint64_t memories = 0;
  uint64_t tables = 0;
  uint64_t stacks = 0;
  uint64_t idle_memories = 0;
  uint64_t idle_memory_bytes_resident = 0;
};

// The core engine: compiler settings and the pool of instances. Immutable after `create` but for
// the epoch, shared by all threads, and outlives everything made from it.
class Engine {
 public:
  static Result<std::unique_ptr<Engine>> create(const Config& config);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  const Config& config() const { return config_; }
  const EngineFacts& facts() const { return facts_; }
  PoolMetrics metrics() const;

  // Makes guests that run look at their limits soon. Any thread. The ticker calls it.
  void increment_epoch();

  Ticker& ticker() { return ticker_; }
  wasm_engine_t* raw() const { return raw_; }

 private:
  Engine(const Config& config, EngineFacts facts, wasm_engine_t* raw);

  Config config_;
  EngineFacts facts_;
  wasm_engine_t* raw_;
  Ticker ticker_;
};

}  // namespace weir::engine
