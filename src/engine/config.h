#pragma once

#include <cstddef>
#include <cstdint>

#include "util/result.h"

namespace weir::engine {

// How the pool of instances is made. Sizes are in bytes.
struct Config {
  // Whether a reset looks for dirty pages with PAGEMAP_SCAN (Linux 6.7 and later). `automatic` uses
  // it where the kernel has it and the engine library is mended for it; `on` makes its absence an
  // error of `Engine::create`.
  enum class Pagemap : uint8_t { automatic, off, on };
  enum class Optimize : uint8_t { none, speed, speed_and_size };

  Pagemap pagemap = Pagemap::automatic;

  // How much of a memory stays resident in a free slot. With PAGEMAP_SCAN the dirty pages up to
  // this many bytes are rewritten in place, the rest is given back to the kernel; without it this
  // many bytes are rewritten at each reset, dirty or not.
  size_t keep_resident = 4 << 20;
  // The value that takes its place when PAGEMAP_SCAN is not in use; the smaller the memory, the
  // more of it is worth keeping.
  size_t keep_resident_without_pagemap = 64 << 10;

  // The most that one linear memory can have, whatever its own maximum says. At most 4 GiB.
  uint64_t max_memory_bytes = uint64_t{1} << 32;

  // Requests that can be live at a time. The pool is sized to it, or to less if the system allows
  // less: `EngineFacts::max_instances` says what came out.
  uint32_t max_instances = 1000;
  // Core instances, memories, tables and fibers for each of them; component compositions need more.
  uint32_t core_instances_each = 6;
  uint32_t memories_each = 2;
  uint32_t tables_each = 3;
  uint32_t fibers_each = 2;
  // The most elements that one table can have.
  uint32_t table_elements = 1 << 17;

  // The stack that guest code gets at each entry from the host.
  size_t max_wasm_stack = 512 << 10;
  // The stack of a fiber, guests and host functions together.
  size_t fiber_stack = 2 << 20;

  // Whether running guests are looked at every 10 ms: without it nothing is pre-empted and CPU
  // limits do nothing. Compiled code differs.
  bool epochs = true;
  bool parallel_compile = true;
  Optimize optimize = Optimize::speed;
  // Frames that a trap's backtrace holds at most; 0 turns backtraces off.
  uint32_t backtrace_frames = 32;
};

// What the host keeps of a fiber's stack for itself at each entry of a guest.
inline constexpr size_t host_stack_reserve = 256 << 10;

// Says what in `config` cannot work, in one sentence; the engine library would abort on it.
Result<void> check(const Config& config);

}  // namespace weir::engine
