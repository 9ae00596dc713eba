#include "host/capacity.h"

#include <algorithm>
#include <string>

namespace weir::host {
namespace {

constexpr uint64_t kKiB = 1024;
constexpr uint64_t kMiB = 1024 * kKiB;

// Rounded up, so that the number shown is one that suffices.
std::string size_text(uint64_t bytes) {
  if (bytes < 10 * kMiB) return std::to_string((bytes + kKiB - 1) / kKiB) + " KiB";
  return std::to_string(bytes / kMiB + (bytes % kMiB != 0)) + " MiB";
}

}  // namespace

uint32_t pool_capacity(const component::Demand& demand, const engine::Config& config,
                       uint32_t pool_instances) {
  uint64_t capacity = pool_instances;
  auto bound = [&](uint32_t needed, uint32_t each) {
    if (needed > each) capacity = std::min(capacity, uint64_t{pool_instances} * each / needed);
  };
  bound(demand.core_instances, config.core_instances_each);
  bound(demand.memories, config.memories_each);
  bound(demand.tables, config.tables_each);
  return static_cast<uint32_t>(capacity);
}

Result<void> check_demand(const component::Demand& demand, uint64_t memory_limit,
                          const engine::Config& config, uint32_t pool_instances) {
  if (demand.memory_bytes > memory_limit)
    return Err(Error{"the component starts with " + size_text(demand.memory_bytes) +
                     " of memory, and --max-memory allows " + size_text(memory_limit) +
                     ": raise --max-memory"});
  if (demand.table_elements > config.table_elements)
    return Err(Error{"the component starts with a table of " +
                     std::to_string(demand.table_elements) +
                     " elements, and --max-table-elements allows " +
                     std::to_string(config.table_elements) + ": raise --max-table-elements"});
  if (pool_capacity(demand, config, pool_instances) == 0)
    return Err(Error{"one request of the component takes " + std::to_string(demand.core_instances) +
                     " core instances, " + std::to_string(demand.memories) + " memories and " +
                     std::to_string(demand.tables) + " tables, more than the pool has for " +
                     std::to_string(pool_instances) + " requests: raise --max-requests"});
  return {};
}

}  // namespace weir::host
