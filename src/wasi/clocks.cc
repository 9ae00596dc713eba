#include "wasi/clocks.h"

#include <time.h>

namespace weir::wasi {
namespace {

uint64_t nanoseconds(const timespec& time) {
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

uint64_t resolution_of(clockid_t clock) {
  timespec resolution = {};
  clock_getres(clock, &resolution);
  return nanoseconds(resolution);
}

}  // namespace

uint64_t SystemClocks::monotonic_now() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return nanoseconds(now);
}

Clocks::WallTime SystemClocks::wall_now() {
  timespec now = {};
  clock_gettime(CLOCK_REALTIME, &now);
  // A system whose clock stands before 1970 cannot say so in WASI.
  if (now.tv_sec < 0) return {0, 0};
  return {static_cast<uint64_t>(now.tv_sec), static_cast<uint32_t>(now.tv_nsec)};
}

uint64_t SystemClocks::monotonic_resolution() { return resolution_of(CLOCK_MONOTONIC); }
uint64_t SystemClocks::wall_resolution() { return resolution_of(CLOCK_REALTIME); }

}  // namespace weir::wasi
