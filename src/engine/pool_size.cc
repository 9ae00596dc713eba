#include "engine/pool_size.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdio>

namespace weir::engine {

namespace {

constexpr uint64_t full_reservation = uint64_t{4} << 30;
constexpr uint64_t full_guard = uint64_t{32} << 20;
constexpr uint64_t small_guard = uint64_t{64} << 10;
// A pool with fewer full reservations than this is better off with smaller ones.
constexpr uint32_t few = 16;
// What a pool's mappings leave to the rest of the process, in parts of a hundred.
constexpr uint64_t mappings_share = 80;
// A stack is two mappings from the start; a memory in use is about three.
constexpr uint64_t mappings_of_fiber = 2;
constexpr uint64_t mappings_of_memory = 3;

bool try_to_reserve(uint64_t bytes) {
  void* place = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (place == MAP_FAILED) return false;
  munmap(place, bytes);
  return true;
}

// What `instances` may have more than one of each, of mappings that they leave unused.
void share_out(const Config& config, uint64_t mappings, PoolSize& size) {
  uint64_t n = size.instances;
  uint64_t left = mappings - n * (mappings_of_fiber + mappings_of_memory);
  auto more = [&](uint32_t each, uint64_t cost, uint64_t part) {
    return static_cast<uint32_t>(n + std::min(n * (each - 1), part / cost));
  };
  size.fibers = more(config.fibers_each, mappings_of_fiber, left / 2);
  left -= (size.fibers - n) * mappings_of_fiber;
  size.memories = more(config.memories_each, mappings_of_memory, left);
}

uint64_t address_space(const Config& config, const PoolSize& size, uint64_t instances,
                       uint64_t memory) {
  auto part = [&](uint64_t all) { return all * instances / size.instances; };
  uint64_t table = uint64_t{config.table_elements} * sizeof(void*);
  return part(size.memories) * memory + instances * config.tables_each * table +
         part(size.fibers) * (config.fiber_stack + 4096);
}

// The most instances up to `wanted` whose address space can be reserved.
uint32_t fit_address_space(const Config& config, const SystemLimits& limits, const PoolSize& size,
                           uint64_t memory) {
  uint32_t wanted = size.instances;
  auto fits = [&](uint32_t n) {
    return limits.can_reserve(address_space(config, size, n, memory));
  };
  if (fits(wanted)) return wanted;
  uint32_t low = 0, high = wanted;
  while (high - low > 1) {
    uint32_t middle = low + (high - low) / 2;
    (fits(middle) ? low : high) = middle;
  }
  // A tenth stays free: the process needs address space for more than the pool.
  return low - low / 10;
}

}  // namespace

SystemLimits SystemLimits::read() {
  SystemLimits limits;
  limits.can_reserve = try_to_reserve;
  if (FILE* file = std::fopen("/proc/sys/vm/max_map_count", "re")) {
    unsigned long long count = 0;
    if (std::fscanf(file, "%llu", &count) == 1 && count > 0) limits.max_mappings = count;
    std::fclose(file);
  }
  return limits;
}

PoolSize fit_pool(const Config& config, const SystemLimits& limits) {
  PoolSize size{.instances = config.max_instances,
                .memory_reservation = full_reservation,
                .memory_guard = full_guard,
                .reason = {}};

  uint64_t mappings = limits.max_mappings * mappings_share / 100;
  constexpr uint64_t least = mappings_of_fiber + mappings_of_memory;
  if (mappings / least < size.instances) {
    size.instances = static_cast<uint32_t>(mappings / least);
    size.reason = "vm.max_map_count is " + std::to_string(limits.max_mappings) +
                  ", and each needs " + std::to_string(least) +
                  " mappings; raise it with sysctl to have more";
  }
  if (size.instances == 0) return size;
  share_out(config, mappings, size);

  uint32_t fitting = fit_address_space(config, limits, size, full_reservation + full_guard);
  if (fitting < few && fitting < size.instances) {
    size.memory_reservation = config.max_memory_bytes;
    size.memory_guard = small_guard;
    fitting = fit_address_space(config, limits, size, size.memory_reservation + size.memory_guard);
  }
  if (fitting < size.instances) {
    size.memories = static_cast<uint32_t>(uint64_t{size.memories} * fitting / size.instances);
    size.fibers = static_cast<uint32_t>(uint64_t{size.fibers} * fitting / size.instances);
    size.instances = fitting;
    size.reason = "the address space that the process may have is too small (ulimit -v)";
  }
  return size;
}

}  // namespace weir::engine
