#pragma once

#include "io/loop.h"
#include "wasi/clocks.h"

namespace weir::wasi {

// The system's clocks with the timers of a loop.
class LoopClocks final : public SystemClocks {
 public:
  explicit LoopClocks(io::Loop& loop) : loop_(loop) {}
  std::unique_ptr<Timer> start_timer(uint64_t deadline, Waiter& waiter) override;

 private:
  io::Loop& loop_;
};

}  // namespace weir::wasi
