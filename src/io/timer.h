#pragma once

#include <cstdint>

#include "util/executor.h"

namespace weir::io {

class Loop;

// Something that happens at a time. An intrusive node of its loop's timer wheel: arming and
// disarming allocate nothing and cost the same whatever the number of timers. Destroying an armed
// timer disarms it.
class Timer : private Runnable {
 public:
  // Fires once, in a turn of the loop at or after `deadline` (nanoseconds of the loop's clock),
  // never before, and about a millisecond later at most while the loop is idle. Arming an armed
  // timer moves it.
  void arm(Loop& loop, uint64_t deadline);
  void disarm() { unlink(); }
  bool armed() const { return linked(); }
  uint64_t deadline() const { return deadline_; }

 protected:
  // Runs on the loop, disarmed. May destroy the timer.
  virtual void expired() = 0;

 private:
  friend class TimerWheel;
  friend class Loop;
  void run() final { expired(); }
  uint64_t deadline_ = 0;
};

// A timer that calls `(owner.*Function)()`.
template <auto Function, class Owner>
class MemberTimer final : public Timer {
 public:
  explicit MemberTimer(Owner& owner) : owner_(owner) {}

 private:
  void expired() override { (owner_.*Function)(); }
  Owner& owner_;
};

// A waiter that calls `(owner.*Function)()`.
template <auto Function, class Owner>
class MemberWaiter final : public Waiter {
 public:
  MemberWaiter(Executor& executor, Owner& owner) : Waiter(executor), owner_(owner) {}
  void fire() override { (owner_.*Function)(); }

 private:
  Owner& owner_;
};

}  // namespace weir::io
