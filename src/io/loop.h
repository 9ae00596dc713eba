#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "io/timer.h"
#include "util/executor.h"

namespace weir::io {

// The event loop of one thread, over libuv. Everything that belongs to it is used on its thread,
// but for `post_from_any_thread` and `stop`.
class Loop final : public Executor {
 public:
  Loop();
  // Everything made on the loop is gone by now.
  ~Loop() override;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void post(Runnable& work) override;
  uint64_t now() const override { return now_; }

  // Runs `work` on the loop's thread.
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

  TimerHeap& timers() { return timers_; }
  uv_loop_t* raw() { return &loop_; }

 private:
  static void on_prepare(uv_prepare_t* handle);
  static void on_check(uv_check_t* handle);
  static void on_async(uv_async_t* handle);
  void update_time();
  // Runs posted work and due timers; what they post runs in the same call, for a bounded number of
  // rounds, so that sockets get their turn.
  void turn();
  void schedule();

  uv_loop_t loop_;
  uv_prepare_t prepare_;
  uv_check_t check_;
  uv_idle_t idle_;
  uv_timer_t timer_;
  uv_async_t async_;
  RunQueue ready_;
  TimerHeap timers_;
  uint64_t now_ = 0;
  bool idling_ = false;
  uint64_t timer_set_for_ = UINT64_MAX;

  std::mutex mutex_;
  std::vector<std::function<void()>> incoming_;
  bool stopping_ = false;
};

}  // namespace weir::io
