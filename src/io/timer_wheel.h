#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "io/timer.h"

namespace weir::io {

// A hierarchical wheel of timers: 64 slots a level, 2^18 ns (about 0.26 ms) a
// tick. Adding and removing cost the same whatever the number of timers.
class TimerWheel {
 public:
  explicit TimerWheel(uint64_t now) : tick_(now >> tick_bits) {}

  // Takes the timer in, whose deadline is after `now`.
  void add(Timer& timer, uint64_t deadline);
  // Moves every timer whose deadline is not after `now` to `due`, soonest first to within a tick.
  void advance(uint64_t now, RunQueue& due);
  // When `advance` should be called next, in nanoseconds; may be earlier than
  // the first deadline, never later. None without timers.
  std::optional<uint64_t> next();

  // A tick in nanoseconds, as a power of two.
  static constexpr unsigned tick_bits = 18;

 private:
  static constexpr unsigned level_bits = 6;
  static constexpr unsigned levels = 7;
  static constexpr unsigned slots = 1u << level_bits;
  static constexpr uint64_t last_tick = (uint64_t{1} << (level_bits * levels)) - 1;

  struct Expiry {
    unsigned level;
    unsigned slot;
    uint64_t tick;
  };
  void place(Timer& timer, uint64_t tick);
  std::optional<Expiry> first();

  uint64_t tick_;
  std::array<uint64_t, levels> occupied_{};
  std::array<std::array<RunQueue, slots>, levels> wheel_;
};

}  // namespace weir::io
