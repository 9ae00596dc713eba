#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir::io {

// Something that happens at a time. Intrusive: arming allocates nothing but the heap's own growth.
// Destroying an armed timer disarms it.
class Timer {
 public:
  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  virtual ~Timer() { disarm(); }

  // Fires once, in a turn of the loop at or after `deadline` (nanoseconds of the loop's clock),
  // never before. Arming an armed timer moves it.
  void arm(class Loop& loop, uint64_t deadline);
  void disarm();
  bool armed() const { return heap_ != nullptr; }
  uint64_t deadline() const { return deadline_; }

 protected:
  // Runs on the loop, disarmed.
  virtual void expired() = 0;

 private:
  friend class TimerHeap;
  class TimerHeap* heap_ = nullptr;
  size_t index_ = 0;
  uint64_t deadline_ = 0;
};

// The armed timers of a loop, soonest first. Does not own them.
class TimerHeap {
 public:
  TimerHeap() = default;
  TimerHeap(const TimerHeap&) = delete;
  TimerHeap& operator=(const TimerHeap&) = delete;
  ~TimerHeap();

  bool empty() const { return timers_.empty(); }
  uint64_t soonest() const { return timers_.front()->deadline_; }
  void insert(Timer& timer, uint64_t deadline);
  void remove(Timer& timer);
  // Fires all that are due at `now`, in order of their deadlines.
  void fire(uint64_t now);

 private:
  void place(Timer& timer, size_t index);
  void rise(size_t index);
  void sink(size_t index);

  std::vector<Timer*> timers_;
};

}  // namespace weir::io
