#pragma once

#include <coroutine>
#include <utility>

#include "util/executor.h"

namespace weir::io {

// What one coroutine awaits again and again: `co_await wakeup` goes on after it was woken, by
// whoever it was given to as a waiter. A waking that comes first is kept; spurious ones happen:
// loop. Destroying it withdraws it from wherever it waits.
class Wakeup final : public Waiter {
 public:
  using Waiter::Waiter;

  bool await_ready() const { return fired_; }
  void await_suspend(std::coroutine_handle<> caller) { caller_ = caller; }
  void await_resume() { fired_ = false; }

 private:
  void fire() override {
    fired_ = true;
    if (caller_) std::exchange(caller_, nullptr).resume();
  }

  std::coroutine_handle<> caller_;
  bool fired_ = false;
};

}  // namespace weir::io
