#pragma once

#include <cstdint>

#include "component/summary.h"
#include "engine/config.h"
#include "util/result.h"

namespace weir::host {

// Whether an instance can start within its limits: `memory_limit` in bytes, and what a pool made by
// `config` for `pool_instances` requests has. The error names the flag that helps.
Result<void> check_demand(const component::Demand& demand, uint64_t memory_limit,
                          const engine::Config& config, uint32_t pool_instances);

// How many requests such a pool holds at a time; at most `pool_instances`.
uint32_t pool_capacity(const component::Demand& demand, const engine::Config& config,
                       uint32_t pool_instances);

}  // namespace weir::host
