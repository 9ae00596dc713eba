// Tasks, streams and futures of the C++ bindings. Written by `weir bindgen cpp`.
#pragma once

#include <coroutine>

#include "wit.hpp"

namespace wit {

template <class T = void>
class task;

namespace detail {

// What the promises of all tasks share.
struct promise_base {
  std::coroutine_handle<> then = std::noop_coroutine();

  struct final_awaiter {
    bool await_ready() noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> done) noexcept {
      return done.promise().then;
    }
    void await_resume() noexcept {}
  };

  std::suspend_always initial_suspend() noexcept { return {}; }
  final_awaiter final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { __builtin_trap(); }
};

template <class T>
struct promise : promise_base {
  std::optional<T> value;

  task<T> get_return_object();
  template <class U = T>
    requires std::constructible_from<T, U>
  void return_value(U&& from) {
    value.emplace(std::forward<U>(from));
  }
  T take() { return std::move(*value); }
};

template <>
struct promise<void> : promise_base {
  task<void> get_return_object();
  void return_void() {}
  void take() {}
};

}  // namespace detail

// What an asynchronous function returns: it starts when it is awaited, and is awaited once. What it
// was given views of has to stay until then. An asynchronous export of the guest is a coroutine
// that returns one: `wit::task<R> handle(Request request) { … co_return result; }`.
template <class T>
class [[nodiscard]] task {
 public:
  using promise_type = detail::promise<T>;

  explicit task(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}
  task(task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
  task& operator=(task&& other) noexcept {
    std::swap(coroutine_, other.coroutine_);
    return *this;
  }
  ~task() {
    if (coroutine_) coroutine_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> then) noexcept {
    coroutine_.promise().then = then;
    return coroutine_;
  }
  T await_resume() { return coroutine_.promise().take(); }

 private:
  std::coroutine_handle<promise_type> coroutine_;
};

template <class T>
task<T> detail::promise<T>::get_return_object() {
  return task<T>(std::coroutine_handle<promise>::from_promise(*this));
}
inline task<void> detail::promise<void>::get_return_object() {
  return task<void>(std::coroutine_handle<promise>::from_promise(*this));
}

// Runs a task beside the one that calls it, from now on. The call of the export that it belongs to
// is over when all its tasks are, which may be after it has returned its result. Traps in an export
// that is not asynchronous.
void spawn(task<> beside);

namespace detail {

// The ends of a stream or future: the lower half of `make` is the reader, the upper the writer.
template <class T>
struct channel {
  uint64_t (*make)();
  // How many were read or written, and whether the other end is gone.
  struct progress {
    size_t count;
    bool gone;
  };
  // Appends to `into` what is there, at least one unless the writer is gone.
  task<progress> (*read)(raw_handle reader, std::vector<T>& into, size_t max);
  task<progress> (*write)(raw_handle writer, std::span<T> elements);
  void (*drop_reader)(raw_handle reader);
  void (*drop_writer)(raw_handle writer);
};

// Defined in the bindings' own source.
template <class T>
struct stream_of {
  static const channel<T> functions;
};
template <class T>
struct future_of {
  static const channel<T> functions;
};

// An end that is owned.
template <class Derived>
class channel_end {
 public:
  explicit channel_end(raw_handle handle) : handle_(handle) {}
  channel_end(channel_end&& other) noexcept
      : handle_(std::exchange(other.handle_, raw_handle(0))), gone_(other.gone_) {}
  channel_end& operator=(channel_end&& other) noexcept {
    if (this != &other) {
      drop_handle();
      handle_ = std::exchange(other.handle_, raw_handle(0));
      gone_ = other.gone_;
    }
    return *this;
  }

  explicit operator bool() const { return handle_.index != 0; }
  friend raw_handle release(channel_end& end) { return std::exchange(end.handle_, raw_handle(0)); }

 protected:
  ~channel_end() { drop_handle(); }

  raw_handle handle_;
  // Whether the other end is known to be gone.
  bool gone_ = false;

 private:
  void drop_handle() {
    if (handle_.index != 0) Derived::wit_drop(handle_);
  }
};

}  // namespace detail

// The end of a stream that is read from. `wit::stream<std::monostate>` is WIT's `stream`.
template <class T>
class stream : public detail::channel_end<stream<T>> {
 public:
  using detail::channel_end<stream<T>>::channel_end;

  // What is there, at most `max`; waits while there is nothing. Empty at the end.
  task<std::vector<T>> read(size_t max) {
    std::vector<T> elements;
    while (!this->gone_ && elements.empty() && max > 0) {
      auto came = co_await functions().read(this->handle_, elements, max);
      this->gone_ = came.gone;
    }
    co_return elements;
  }

  // For the base.
  static void wit_drop(raw_handle handle) { functions().drop_reader(handle); }

 private:
  static const detail::channel<T>& functions() { return detail::stream_of<T>::functions; }
};

// The end of a stream that is written to; its end is the stream's.
template <class T>
class stream_writer : public detail::channel_end<stream_writer<T>> {
 public:
  using detail::channel_end<stream_writer<T>>::channel_end;

  // Writes all elements, waiting for the reader; false if that is gone before it has taken them.
  task<bool> write(std::span<const T> elements)
    requires std::copyable<T>
  {
    // Elements without handles are not changed by being written.
    return write_all({const_cast<T*>(elements.data()), elements.size()});
  }
  task<bool> write(std::vector<T> elements)
    requires(!std::copyable<T>)
  {
    co_return co_await write_all(elements);
  }

  // For the base.
  static void wit_drop(raw_handle handle) { functions().drop_writer(handle); }

 private:
  static const detail::channel<T>& functions() { return detail::stream_of<T>::functions; }

  task<bool> write_all(std::span<T> left) {
    while (!left.empty()) {
      if (this->gone_) co_return false;
      auto went = co_await functions().write(this->handle_, left);
      this->gone_ = went.gone;
      left = left.subspan(went.count);
    }
    co_return true;
  }
};

// The end of a future that is read from, once.
template <class T>
class future : public detail::channel_end<future<T>> {
 public:
  using detail::channel_end<future<T>>::channel_end;

  task<T> read() {
    std::vector<T> one;
    co_await functions().read(this->handle_, one, 1);
    co_return std::move(one.front());
  }

  // For the base.
  static void wit_drop(raw_handle handle) { functions().drop_reader(handle); }

 private:
  static const detail::channel<T>& functions() { return detail::future_of<T>::functions; }
};

// The end of a future that is written to: it must be, before it ends. One that has a value for that
// case writes it then, beside the call that goes on.
template <class T>
class future_writer : public detail::channel_end<future_writer<T>> {
 public:
  explicit future_writer(raw_handle handle, std::optional<T> otherwise = {})
      : detail::channel_end<future_writer>(handle), otherwise_(std::move(otherwise)) {}
  future_writer(future_writer&&) noexcept = default;
  future_writer& operator=(future_writer&&) noexcept = default;
  ~future_writer() {
    if (*this && otherwise_) spawn(end(std::move(*this)));
  }

  // False if the reader is gone.
  task<bool> write(T value) {
    auto went = co_await functions().write(this->handle_, std::span<T>(&value, 1));
    otherwise_.reset();
    co_return !went.gone;
  }

  // For the base.
  static void wit_drop(raw_handle handle) { functions().drop_writer(handle); }

 private:
  static const detail::channel<T>& functions() { return detail::future_of<T>::functions; }
  static task<> end(future_writer writer) {
    (void)co_await writer.write(std::move(*writer.otherwise_));
  }

  std::optional<T> otherwise_;
};

// Both ends of a new stream or future.
template <class T>
std::pair<stream_writer<T>, stream<T>> make_stream() {
  uint64_t both = detail::stream_of<T>::functions.make();
  return {stream_writer<T>(raw_handle(static_cast<int32_t>(both >> 32))),
          stream<T>(raw_handle(static_cast<int32_t>(both)))};
}
// `otherwise` is written where the writer ends before it has been written to.
template <class T>
std::pair<future_writer<T>, future<T>> make_future(std::optional<T> otherwise = {}) {
  uint64_t both = detail::future_of<T>::functions.make();
  return {future_writer<T>(raw_handle(static_cast<int32_t>(both >> 32)), std::move(otherwise)),
          future<T>(raw_handle(static_cast<int32_t>(both)))};
}

}  // namespace wit
