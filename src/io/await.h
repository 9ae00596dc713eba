#pragma once

#include <coroutine>

#include "io/loop.h"
#include "io/timer.h"

namespace weir::io {

// `co_await sleep(loop, ns)`: goes on after `ns` nanoseconds, in a turn of the
// loop. Destroying the waiting task stops the timer.
class [[nodiscard]] sleep {
 public:
  sleep(Loop& loop, uint64_t nanoseconds) : loop_(loop), delay_(nanoseconds) {}
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> caller) {
    timer_.caller = caller;
    timer_.arm(loop_, loop_.now() + delay_);
  }
  void await_resume() {}

 private:
  struct Resume final : Timer {
    std::coroutine_handle<> caller;
    void expired() override { caller.resume(); }
  };
  Loop& loop_;
  Resume timer_;
  uint64_t delay_;
};

// A waiter that resumes a coroutine. Awaitables embed one.
class ResumeWaiter final : public Waiter {
 public:
  using Waiter::Waiter;
  std::coroutine_handle<> caller;
  void fire() override { caller.resume(); }
};

// `co_await until_woken(executor, list)`: goes on in the turn after
// `list.wake_all()`. The list must outlive the wait.
class [[nodiscard]] until_woken {
 public:
  until_woken(Executor& executor, WaitList& list) : waiter_(executor), list_(list) {}
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> caller) {
    waiter_.caller = caller;
    list_.add(waiter_);
  }
  void await_resume() {}

 private:
  ResumeWaiter waiter_;
  WaitList& list_;
};

// `co_await next_turn(executor)`: lets everybody else who is ready run first.
class [[nodiscard]] next_turn {
 public:
  explicit next_turn(Executor& executor) : waiter_(executor) {}
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> caller) {
    waiter_.caller = caller;
    waiter_.wake();
  }
  void await_resume() {}

 private:
  ResumeWaiter waiter_;
};

// `co_await attempt(executor, try_once)`: calls `try_once(Waiter&)` until it
// returns something other than an empty optional; the callee keeps the waiter
// whenever it returns nothing.
template <class Function>
class [[nodiscard]] attempt {
 public:
  attempt(Executor& executor, Function function)
      : waiter_(executor, *this), function_(std::move(function)) {}
  bool await_ready() {
    result_ = function_(waiter_);
    return result_.has_value();
  }
  void await_suspend(std::coroutine_handle<> caller) { waiter_.caller = caller; }
  auto await_resume() { return std::move(*result_); }

 private:
  struct Again final : Waiter {
    Again(Executor& executor, attempt& owner) : Waiter(executor), owner(owner) {}
    attempt& owner;
    std::coroutine_handle<> caller;
    void fire() override {
      owner.result_ = owner.function_(*this);
      if (owner.result_) caller.resume();
    }
  };
  using Outcome = decltype(std::declval<Function&>()(std::declval<Waiter&>()));
  Again waiter_;
  Function function_;
  Outcome result_;
};

}  // namespace weir::io
