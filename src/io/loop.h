#pragma once

#include <uv.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "io/timer_wheel.h"
#include "util/executor.h"

namespace weir::io {

class FdWatch;

// Work that any thread may hand to a loop. The node belongs to the caller and must live until it
// ran; posting it again before that changes nothing.
class RemoteWork {
 public:
  virtual ~RemoteWork() = default;
  // Runs on the loop's thread. The node may be destroyed or posted again here.
  virtual void run_on_loop() = 0;

 private:
  friend class Loop;
  std::atomic<bool> queued_{false};
  RemoteWork* next_ = nullptr;
};

// The event loop of one thread, over libuv: readiness of descriptors, timers and the run queue.
// Everything that belongs to it is used on its thread, but for `post_from_any_thread` and `stop`.
class Loop final : public Executor {
 public:
  Loop();
  // Everything made on the loop is gone by now. What other threads have posted runs here.
  ~Loop() override;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void post(Runnable& work) override {
    if (!work.linked()) ready_.push(work);
  }
  uint64_t now() const override { return now_; }

  // Runs `work` once everything that was posted in the current turn has run, or the turn has taken
  // a while: the place to send what a turn gathered. What is sent together wakes a peer once.
  void post_at_turn_end(Runnable& work) {
    if (!work.linked()) turn_end_.push(work);
  }

  // Runs `work` on the loop's thread. Allocates nothing.
  void post_from_any_thread(RemoteWork& work);
  // The same for a function; allocates.
  void post_from_any_thread(std::function<void()> work);

  // Runs until `stop`.
  void run();
  // Makes `run` return after the current turn. Any thread.
  void stop();

  // For an outer loop that owns this one: wait for `backend_fd` to be readable for at most
  // `backend_timeout` milliseconds (-1: for ever), then `run_once`, which never blocks.
  int backend_fd() const { return uv_backend_fd(&loop_); }
  int backend_timeout() const;
  void run_once();

  // How long the events of this turn may have waited for it: the turn before, unless the loop has
  // waited for events since. An outer loop's waiting is not known here and counts.
  uint64_t lag() const { return lag_; }
  // How long the loop has always had something to do, as of this turn's beginning.
  uint64_t streak() const { return now_ - streak_began_; }
  // How long an event that the loop has not looked at may have waited by `now`, on the monotonic
  // clock; 0 while the loop waits for events. Any thread.
  uint64_t backlog(uint64_t now) const {
    uint64_t waits = waits_since_.load(std::memory_order_relaxed);
    if (waits != 0 && now - std::min(now, waits) > kLookNs) return 0;
    return now - std::min(now, busy_since_.load(std::memory_order_relaxed));
  }

  // The monotonic clock itself, to measure within a turn.
  uint64_t precise_now() const { return uv_hrtime() + skew_; }
  // Moves the clock forward, for tests: timers that this makes due fire in the next turn.
  void advance_clock(uint64_t nanoseconds);

  // A buffer for the current call, until it returns or calls anybody else's code.
  std::span<uint8_t> scratch() { return {scratch_.get(), kScratchSize}; }
  static constexpr size_t kScratchSize = 64 << 10;

  uv_loop_t* raw() { return &loop_; }

 private:
  friend class Timer;
  friend class FdWatch;
  // To look for events that are there already takes less.
  static constexpr uint64_t kLookNs = 50'000;
  // A libuv handle outlives its closing; closed ones are used again.
  struct PollSlot;

  void turn(bool may_wait);
  // What happened has ended the wait: the clock moves before anybody hears of it.
  void woke() {
    if (waiting_) begin_turn();
    waiting_ = false;
  }
  void begin_turn();
  void start(Timer& timer, uint64_t deadline);
  void arm_uv_timer();
  void run_remote();
  void run_turn_end();
  PollSlot* take_slot();
  void give_slot(PollSlot* slot) { free_slots_.push_back(slot); }

  uv_loop_t loop_;
  uv_async_t wake_;
  uv_timer_t timer_;
  uint64_t now_;
  uint64_t skew_ = 0;
  // The moment for which `timer_` is armed; UINT64_MAX where it is not.
  uint64_t armed_until_ = UINT64_MAX;
  bool turning_ = false;
  // Nothing has happened since the loop looked for events; `now_` is from before.
  bool waiting_ = false;
  // Whether it may look for long.
  bool may_wait_ = false;
  // When the turn before began, and when it was over.
  uint64_t began_, over_;
  uint64_t lag_ = 0;
  uint64_t streak_began_ = 0;
  // For other threads: when the turn before began, or this one where the loop waited for it, and
  // since when it waits (0: it does not).
  std::atomic<uint64_t> busy_since_{0};
  std::atomic<uint64_t> waits_since_{1};
  std::atomic<bool> stop_{false};
  std::atomic<RemoteWork*> remote_{nullptr};
  RunQueue ready_;
  RunQueue turn_end_;
  // When the work at turns' ends has last run, or the turn began.
  uint64_t turn_end_ran_ = 0;
  TimerWheel wheel_;
  std::unique_ptr<uint8_t[]> scratch_;
  std::vector<PollSlot*> free_slots_;
};

}  // namespace weir::io
