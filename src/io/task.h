#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "util/assert.h"
#include "util/executor.h"

namespace weir::io {

// A lazy coroutine of one thread. It runs when awaited, hands its value to
// whoever awaits it, and is cancelled by destroying it: the frame's locals are
// destroyed, innermost task first. Awaitables must therefore withdraw from
// whatever they wait for in their destructor.
template <class T>
class [[nodiscard]] Task;

namespace detail {

struct PromiseBase {
  std::coroutine_handle<> continuation = std::noop_coroutine();
  Waiter* on_done = nullptr;

  std::suspend_always initial_suspend() noexcept { return {}; }
  struct Final {
    bool await_ready() noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> self) noexcept {
      if (self.promise().on_done) self.promise().on_done->wake();
      return self.promise().continuation;
    }
    void await_resume() noexcept {}
  };
  Final final_suspend() noexcept { return {}; }
  [[noreturn]] void unhandled_exception() { std::terminate(); }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object();
  void return_void() {}
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;
  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  explicit operator bool() const { return handle_ != nullptr; }
  bool done() const { return handle_ && handle_.done(); }

  // Runs the task from outside a coroutine, until it first waits or ends. True:
  // it has ended within this call. Else `on_done` (where not null) is woken when
  // it ends; it must outlive the task or be cancelled with it.
  bool start(Waiter* on_done = nullptr) {
    WEIR_ASSERT(handle_ && !handle_.done());
    handle_.resume();
    if (handle_.done()) return true;
    handle_.promise().on_done = on_done;
    return false;
  }

  // The value of a task that is done.
  T take()
    requires(!std::is_void_v<T>)
  {
    WEIR_ASSERT(done());
    return std::move(*handle_.promise().value);
  }

  auto operator co_await() && noexcept {
    struct Awaiter {
      Handle handle;
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
        handle.promise().continuation = caller;
        return handle;
      }
      T await_resume() {
        if constexpr (!std::is_void_v<T>) return std::move(*handle.promise().value);
      }
    };
    return Awaiter{handle_};
  }

 private:
  Handle handle_;
};

namespace detail {

template <class T>
Task<T> Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}

inline Task<void> Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

}  // namespace detail

}  // namespace weir::io
