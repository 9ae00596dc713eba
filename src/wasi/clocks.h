#pragma once

#include <cstdint>
#include <memory>

#include "util/executor.h"

namespace weir::wasi {

// A running timer. Destroying it stops it.
class Timer {
 public:
  virtual ~Timer() = default;
};

// The time as guests see it, and who wakes them. One a loop; lives longer than its timers.
class Clocks {
 public:
  virtual ~Clocks() = default;

  // Nanoseconds of the monotonic clock, read afresh: a guest that asks twice sees time pass.
  virtual uint64_t monotonic_now() = 0;

  struct WallTime {
    uint64_t seconds;  // since 1970-01-01T00:00:00Z
    uint32_t nanoseconds;
  };
  virtual WallTime wall_now() = 0;

  // Nanoseconds.
  virtual uint64_t monotonic_resolution() = 0;
  virtual uint64_t wall_resolution() = 0;

  // Wakes `waiter` once when `monotonic_now()` is at least `deadline`, never before. UINT64_MAX
  // never comes. `waiter` outlives the timer or leaves it by being destroyed or cancelled.
  virtual std::unique_ptr<Timer> start_timer(uint64_t deadline, Waiter& waiter) = 0;
};

// The system's clocks; timers are left to whoever has a loop.
class SystemClocks : public Clocks {
 public:
  uint64_t monotonic_now() override;
  WallTime wall_now() override;
  uint64_t monotonic_resolution() override;
  uint64_t wall_resolution() override;
};

// `now + duration`, or UINT64_MAX where that does not fit.
constexpr uint64_t saturating_add(uint64_t now, uint64_t duration) {
  return duration > UINT64_MAX - now ? UINT64_MAX : now + duration;
}

}  // namespace weir::wasi
