#pragma once

#include <cstdint>
#include <string>

#include "engine/config.h"

namespace weir::engine {

// What the system grants a process, as far as a pool of memories and stacks cares.
struct SystemLimits {
  // vm.max_map_count: mappings that a process can have.
  uint64_t max_mappings = 65530;
  // Whether so many bytes of address space can be reserved at once.
  bool (*can_reserve)(uint64_t bytes) = nullptr;

  static SystemLimits read();
};

// How large the pool can be.
struct PoolSize {
  // Requests at a time, and the memories and fibers of all of them together: as many for each as
  // the configuration says, or where that would be too much for the process, at least one.
  uint32_t instances = 0;
  uint32_t memories = 0;
  uint32_t fibers = 0;
  // Address space for each memory; at least the most that a memory can have. 4 GiB needs no bounds
  // checks in compiled code.
  uint64_t memory_reservation = 0;
  uint64_t memory_guard = 0;
  // Why `instances` is less than the configuration asks for, else empty.
  std::string reason;
};

// The largest pool up to what `config` asks for that fits into `limits`; `instances` is 0 when not
// even one fits.
PoolSize fit_pool(const Config& config, const SystemLimits& limits);

}  // namespace weir::engine
