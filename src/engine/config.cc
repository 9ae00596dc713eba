#include "engine/config.h"

#include <string>

namespace weir::engine {

namespace {

constexpr uint64_t wasm_page = 64 << 10;
constexpr size_t smallest_wasm_stack = 16 << 10;

std::string kib(uint64_t bytes) { return std::to_string(bytes >> 10) + " KiB"; }

}  // namespace

Result<void> check(const Config& config) {
  auto wrong = [](std::string message) { return Err(Error{"engine configuration: " + message}); };
  if (config.max_instances == 0 || config.max_instances > 1'000'000) {
    return wrong("the number of live instances has to be from 1 to 1000000");
  }
  if (config.core_instances_each == 0 || config.core_instances_each > 100 ||
      config.memories_each == 0 || config.memories_each > 100 || config.tables_each == 0 ||
      config.tables_each > 100 || config.fibers_each == 0 || config.fibers_each > 100) {
    return wrong(
        "core instances, memories, tables and fibers for each instance have to be from 1 to 100");
  }
  if (config.table_elements == 0 || config.table_elements > 10'000'000) {
    return wrong("the elements of a table have to be from 1 to 10000000");
  }
  if (config.max_memory_bytes < wasm_page || config.max_memory_bytes > uint64_t{1} << 32 ||
      config.max_memory_bytes % wasm_page != 0) {
    return wrong("the most memory of an instance has to be a multiple of 64 KiB, up to 4 GiB");
  }
  if (config.max_wasm_stack < smallest_wasm_stack) {
    return wrong("the stack of guests has to be at least " + kib(smallest_wasm_stack));
  }
  if (config.fiber_stack > size_t{1} << 30) {
    return wrong("the stack of a fiber can be at most 1 GiB");
  }
  if (config.max_wasm_stack > config.fiber_stack ||
      config.fiber_stack - config.max_wasm_stack < 2 * host_stack_reserve) {
    return wrong("the stack of a fiber has to be larger than the stack of guests by at least " +
                 kib(2 * host_stack_reserve));
  }
  if (config.backtrace_frames > 10'000) {
    return wrong("a backtrace can have at most 10000 frames");
  }
  return {};
}

}  // namespace weir::engine
