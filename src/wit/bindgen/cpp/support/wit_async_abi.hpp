// How tasks wait, and how streams and futures cross the border of the component (Component Model,
// Concurrency.md and CanonicalABI.md). Only the bindings' own source includes it. Written by
// `weir bindgen cpp`.
#pragma once

#include "wit_abi.hpp"
#include "wit_async.hpp"

extern "C" {

#define WIT_ROOT(name) __attribute__((__import_module__("$root"), __import_name__(name)))
WIT_ROOT("[waitable-set-new]") int32_t wit_waitable_set_new();
WIT_ROOT("[waitable-set-drop]") void wit_waitable_set_drop(int32_t);
WIT_ROOT("[waitable-join]") void wit_waitable_join(int32_t, int32_t);
WIT_ROOT("[subtask-cancel]") int32_t wit_subtask_cancel(int32_t);
WIT_ROOT("[subtask-drop]") void wit_subtask_drop(int32_t);
WIT_ROOT("[context-get-0]") void* wit_context_get();
WIT_ROOT("[context-set-0]") void wit_context_set(void*);
#undef WIT_ROOT
__attribute__((__import_module__("[export]$root"), __import_name__("[task-cancel]")))
void wit_task_cancel();

}  // extern "C"

namespace wit::detail {

// ---- a call of an asynchronous export: its tasks, and what they wait for

struct call_state;

// A coroutine that waits, and for what.
struct waiter {
  int32_t waitable;
  int32_t code = 0;
  // Null while it does not wait.
  call_state* call = nullptr;
  std::coroutine_handle<> coroutine = nullptr;

  void enter(call_state& one);
  void leave();
};

struct call_state {
  int32_t set = wit_waitable_set_new();
  uint32_t running = 0;
  // The task whose result is the call's; null when it is over.
  std::coroutine_handle<> main;
  std::vector<waiter*> waits;
};

inline void waiter::enter(call_state& one) {
  call = &one;
  call->waits.push_back(this);
  wit_waitable_join(waitable, call->set);
}
inline void waiter::leave() {
  std::erase(std::exchange(call, nullptr)->waits, this);
  wit_waitable_join(waitable, 0);
}

// The one that runs now; null in a synchronous export, where nothing can be awaited.
inline call_state* current = nullptr;

inline call_state& current_call() {
  if (!current) __builtin_trap();
  return *current;
}

// Gives the event's code. A coroutine that ends while it waits calls `cancel`, which has to see to
// it that nothing more is done for it.
template <class Cancel>
class wait_for : waiter {
 public:
  wait_for(int32_t waitable, Cancel cancel) : waiter{waitable}, cancel_(cancel) {}
  wait_for(const wait_for&) = delete;
  wait_for& operator=(const wait_for&) = delete;
  ~wait_for() {
    if (!call) return;
    leave();
    cancel_();
  }

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    coroutine = waiting;
    enter(current_call());
  }
  uint32_t await_resume() const noexcept { return static_cast<uint32_t>(code); }

 private:
  Cancel cancel_;
};

// A coroutine that nobody awaits; it frees itself at its end.
struct detached {
  struct promise_type {
    detached get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() noexcept { __builtin_trap(); }
  };
  std::coroutine_handle<> coroutine;
};

inline detached run_main(call_state* call, task<> one) {
  co_await std::move(one);
  call->main = nullptr;
  --call->running;
}

inline detached run_beside(call_state* call, task<> one) {
  co_await std::move(one);
  --call->running;
}

inline void start_beside(task<> one) {
  call_state& call = current_call();
  ++call.running;
  run_beside(&call, std::move(one)).coroutine.resume();
}

// What the export or its callback returns: over, or waiting for the set.
inline int32_t next_of(call_state* call) {
  current = nullptr;
  if (call->running > 0) return 2 | (call->set << 4);
  wit_waitable_set_drop(call->set);
  wit_context_set(nullptr);
  delete call;
  return 0;
}

inline int32_t start(task<> one) {
  auto* call = new call_state;
  wit_context_set(call);
  current = call;
  ++call->running;
  call->main = run_main(call, std::move(one)).coroutine;
  call->main.resume();
  return next_of(call);
}

// The callback: `event` has come for `waitable`. Where the caller wants no result any more, the
// task that would give it ends where it waits; those beside it go on.
inline int32_t resume(int32_t event, int32_t waitable, int32_t code) {
  constexpr int32_t subtask = 1;
  constexpr int32_t cancel = 6;
  auto* call = static_cast<call_state*>(wit_context_get());
  current = call;
  if (event == cancel && call->main) {
    std::exchange(call->main, nullptr).destroy();
    --call->running;
    wit_task_cancel();
  } else if (event >= subtask && event < cancel) {
    for (waiter* found : call->waits) {
      if (found->waitable != waitable) continue;
      found->leave();
      found->code = code;
      found->coroutine.resume();
      break;
    }
  }
  return next_of(call);
}

// ---- functions

inline constexpr uint32_t max_flat_async_params = 4;

// Owns the handles again that a call which was never begun left with its caller, and drops them.
template <class T>
void take_back(auto from) {
  if constexpr (abi<T>::owns) {
    lent handles{lent::back()};
    static_cast<void>(from(handles));
  }
}

// Calls an imported asynchronous core function, and waits for its result.
template <class R, class... Core, class... Args>
task<R> call_async(int32_t (*function)(Core...), Args... args) {
  using parts = parts_of<Args...>;
  scoped_memory more;
  [[maybe_unused]] lent handles;
  uint64_t flat[sizeof...(Core) + 1] = {};
  uint64_t* out = flat;
  alignas(8) uint8_t params[parts::count > max_flat_async_params ? parts::size : 1];
  if constexpr (parts::count > max_flat_async_params) {
    parts::store(params, more, args...);
    *out++ = to_bits(address(params));
  } else {
    (abi<Args>::lower(args, out, more), ...);
  }
  constexpr uint32_t size = abi<or_none<R>>::size;
  alignas(8) uint8_t result[size > 0 ? size : 1];
  if constexpr (!std::is_void_v<R>) *out++ = to_bits(address(result));
  auto status = static_cast<uint32_t>([&]<size_t... I>(std::index_sequence<I...>) {
    return function(from_bits<Core>(flat[I])...);
  }(std::index_sequence_for<Core...>()));
  constexpr uint32_t returned = 2;
  constexpr uint32_t never_begun = 3;
  if ((status & 15) != returned) {
    auto subtask = static_cast<int32_t>(status >> 4);
    auto cancel = [&] {
      auto state = static_cast<uint32_t>(wit_subtask_cancel(subtask));
      wit_subtask_drop(subtask);
      if constexpr (!std::is_void_v<R>) {
        if (state == returned) static_cast<void>(abi<R>::load(result, handles));
      }
      if (state != never_begun) return;
      [[maybe_unused]] size_t i = 0;
      [[maybe_unused]] const uint64_t* in = flat;
      if constexpr (parts::count > max_flat_async_params) {
        ((take_back<Args>(
              [&](auto& all) { return abi<Args>::load(params + parts::places[i], all); }),
          ++i),
         ...);
      } else {
        ((take_back<Args>([from = in](auto& all) mutable { return abi<Args>::lift(from, all); }),
          in += abi<Args>::count),
         ...);
      }
    };
    while (co_await wait_for(subtask, cancel) != returned) {
    }
    wit_subtask_drop(subtask);
  }
  if constexpr (!std::is_void_v<R>) co_return abi<R>::load(result, handles);
}

// Runs the guest's function F, then gives its result to `task_return`.
template <auto F, class R, class... Core, class... Params>
task<> serve_and_return(void (*task_return)(Core...), std::unique_ptr<lent> handles,
                        std::tuple<Params...> params) {
  auto call = [&] {
    return std::apply([](auto&... all) { return std::invoke(F, pass(all)...); }, params);
  };
  if constexpr (std::is_void_v<R>) {
    co_await call();
    handles.reset();
    task_return();
  } else {
    R result = co_await call();
    handles.reset();
    scoped_memory more;
    uint64_t flat[sizeof...(Core) + 1] = {};
    [[maybe_unused]] uint64_t* out = flat;
    alignas(8) uint8_t area[abi<R>::size > 0 ? abi<R>::size : 1];
    if constexpr (abi<R>::count > max_flat_params) {
      abi<R>::store(result, area, more);
      *out++ = to_bits(address(area));
    } else {
      abi<R>::lower(result, out, more);
    }
    [&]<size_t... I>(std::index_sequence<I...>) {
      task_return(from_bits<Core>(flat[I])...);
    }(std::index_sequence_for<Core...>());
  }
}

template <auto F, class R, class... Params, class... TaskCore, class... Core>
int32_t serve_async(void (*task_return)(TaskCore...), Core... core) {
  auto handles = std::make_unique<lent>();
  std::tuple<Params...> params = params_of<Params...>(*handles, core...);
  return start(serve_and_return<F, R>(task_return, std::move(handles), std::move(params)));
}

// ---- streams and futures

template <class T>
struct abi<stream<T>> : word_abi<stream<T>, abi<stream<T>>> {
  static constexpr bool owns = true;
  static int32_t leave(stream<T>& end) { return release(end).index; }
  static stream<T> enter(int32_t index, lent&) { return stream<T>(raw_handle(index)); }
};
template <class T>
struct abi<future<T>> : word_abi<future<T>, abi<future<T>>> {
  static constexpr bool owns = true;
  static int32_t leave(future<T>& end) { return release(end).index; }
  static future<T> enter(int32_t index, lent&) { return future<T>(raw_handle(index)); }
};

// Futures have no count: for them `Transfer` takes none.
template <class Transfer>
uint32_t transfer(Transfer function, raw_handle end, void* at, size_t count) {
  if constexpr (std::is_invocable_v<Transfer, int32_t, void*, int32_t>) {
    return static_cast<uint32_t>(function(end.index, at, static_cast<int32_t>(count)));
  } else {
    return static_cast<uint32_t>(function(end.index, at));
  }
}

constexpr bool is_gone(uint32_t status) { return (status & 15) == 1; }
inline constexpr uint32_t blocked = UINT32_MAX;

// How many elements went across.
template <class Transfer>
constexpr size_t count_of(uint32_t status) {
  constexpr bool counts = std::is_invocable_v<Transfer, int32_t, void*, int32_t>;
  return counts ? status >> 4 : (status & 15) == 0 ? 1 : 0;
}

template <class T, auto Read, auto Cancel>
task<typename channel<T>::progress> read_channel(raw_handle end, std::vector<T>& into, size_t max) {
  // Enough for a turn; the caller comes again.
  constexpr size_t most = 65536;
  constexpr size_t size = abi<T>::size;
  if (size > 0 && max > most / size) max = most / size > 0 ? most / size : 1;
  scoped_memory more;
  uint8_t* at = more.allocate(max * size, abi<T>::align);
  uint32_t status = transfer(Read, end, at, max);
  lent handles;
  auto take = [&] {
    size_t count = count_of<decltype(Read)>(status);
    for (size_t i = 0; i < count; ++i) into.push_back(abi<T>::load(at + i * size, handles));
    return count;
  };
  if (status == blocked) {
    status = co_await wait_for(end.index, [&] {
      status = static_cast<uint32_t>(Cancel(end.index));
      take();
    });
  }
  size_t count = take();
  co_return {count, is_gone(status)};
}

template <class T, auto Write, auto Cancel>
task<typename channel<T>::progress> write_channel(raw_handle end, std::span<T> elements) {
  scoped_memory more;
  void* at;
  if constexpr (abi<T>::plain) {
    at = elements.data();
  } else {
    at = const_cast<void*>(store_elements<T>(elements, more));
  }
  uint32_t status = transfer(Write, end, at, elements.size());
  // Handles that nobody took are still this side's.
  auto take_back = [&] {
    size_t count = count_of<decltype(Write)>(status);
    if constexpr (abi<T>::owns) {
      lent handles{lent::back()};
      for (size_t i = count; i < elements.size(); ++i) {
        elements[i] = abi<T>::load(static_cast<uint8_t*>(at) + i * abi<T>::size, handles);
      }
    }
    return count;
  };
  if (status == blocked) {
    status = co_await wait_for(end.index, [&] {
      status = static_cast<uint32_t>(Cancel(end.index));
      take_back();
    });
  }
  size_t count = take_back();
  co_return {count, is_gone(status)};
}

template <void (*Drop)(int32_t)>
void drop_channel(raw_handle end) {
  Drop(end.index);
}

}  // namespace wit::detail

void wit::spawn(task<> beside) { detail::start_beside(std::move(beside)); }
