#pragma once

#include "io/loop.h"
#include "io/timer.h"
#include "io/wakeup.h"

namespace weir::io {

// Wakes a coroutine once, and keeps that it did.
class WakeupAlarm final : public Timer {
 public:
  explicit WakeupAlarm(Wakeup& wakeup) : wakeup_(wakeup) {}

  // Rings `delay` nanoseconds from now; UINT64_MAX: never.
  void start(Loop& loop, uint64_t delay) {
    uint64_t now = loop.now();
    if (delay <= UINT64_MAX - now) arm(loop, now + delay);
  }
  bool over() const { return over_; }

 private:
  void expired() override {
    over_ = true;
    wakeup_.wake();
  }
  Wakeup& wakeup_;
  bool over_ = false;
};

}  // namespace weir::io
