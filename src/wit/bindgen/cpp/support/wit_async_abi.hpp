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
WIT_ROOT("[subtask-drop]") void wit_subtask_drop(int32_t);
WIT_ROOT("[context-get-0]") void* wit_context_get();
WIT_ROOT("[context-set-0]") void wit_context_set(void*);
#undef WIT_ROOT

}  // extern "C"

namespace wit::detail {

// ---- a call of an asynchronous export: its tasks, and what they wait for

struct waiting {
  int32_t waitable;
  int32_t* code;
  std::coroutine_handle<> coroutine;
};

struct call_state {
  int32_t set = wit_waitable_set_new();
  uint32_t running = 0;
  std::vector<waiting> waits;
};

// The one that runs now; null in a synchronous export, where nothing can be awaited.
inline call_state* current = nullptr;

inline call_state& current_call() {
  if (!current) __builtin_trap();
  return *current;
}

struct wait_for {
  int32_t waitable;
  int32_t code = 0;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> coroutine) {
    call_state& call = current_call();
    call.waits.push_back({waitable, &code, coroutine});
    wit_waitable_join(waitable, call.set);
  }
  uint32_t await_resume() const noexcept { return static_cast<uint32_t>(code); }
};

// A coroutine that nobody awaits: it runs from its call on, and frees itself.
struct detached {
  struct promise_type {
    detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() noexcept { __builtin_trap(); }
  };
};

inline detached run_beside(call_state* call, task<> one) {
  co_await std::move(one);
  --call->running;
}

inline void start_beside(task<> one) {
  call_state& call = current_call();
  ++call.running;
  run_beside(&call, std::move(one));
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
  start_beside(std::move(one));
  return next_of(call);
}

// The callback: `event` has come for `waitable`. A wish to cancel is not heard: the call goes on.
inline int32_t resume(int32_t event, int32_t waitable, int32_t code) {
  constexpr int32_t subtask = 1;
  constexpr int32_t cancel = 6;
  auto* call = static_cast<call_state*>(wit_context_get());
  current = call;
  if (event >= subtask && event < cancel) {
    for (size_t i = 0; i < call->waits.size(); ++i) {
      waiting found = call->waits[i];
      if (found.waitable != waitable) continue;
      call->waits.erase(call->waits.begin() + static_cast<ptrdiff_t>(i));
      wit_waitable_join(waitable, 0);
      *found.code = code;
      found.coroutine.resume();
      break;
    }
  }
  return next_of(call);
}

// ---- functions

inline constexpr uint32_t max_flat_async_params = 4;

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
  if ((status & 15) != returned) {
    auto subtask = static_cast<int32_t>(status >> 4);
    while (co_await wait_for{subtask} != returned) {
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
  static int32_t leave(stream<T>& end) { return release(end).index; }
  static stream<T> enter(int32_t index, lent&) { return stream<T>(raw_handle(index)); }
};
template <class T>
struct abi<future<T>> : word_abi<future<T>, abi<future<T>>> {
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

template <class T, auto Read>
task<typename channel<T>::progress> read_channel(raw_handle end, std::vector<T>& into, size_t max) {
  // Enough for a turn; the caller comes again.
  constexpr size_t most = 65536;
  constexpr size_t size = abi<T>::size;
  constexpr bool counts = std::is_invocable_v<decltype(Read), int32_t, void*, int32_t>;
  if (size > 0 && max > most / size) max = most / size > 0 ? most / size : 1;
  scoped_memory more;
  uint8_t* at = more.allocate(max * size, abi<T>::align);
  uint32_t status = transfer(Read, end, at, max);
  if (status == blocked) status = co_await wait_for{end.index};
  size_t count = counts ? status >> 4 : is_gone(status) ? 0 : 1;
  lent handles;
  for (size_t i = 0; i < count; ++i) into.push_back(abi<T>::load(at + i * size, handles));
  co_return {count, is_gone(status)};
}

template <class T, auto Write>
task<typename channel<T>::progress> write_channel(raw_handle end, std::span<T> elements) {
  constexpr size_t size = abi<T>::size;
  constexpr bool counts = std::is_invocable_v<decltype(Write), int32_t, void*, int32_t>;
  scoped_memory more;
  void* at;
  if constexpr (abi<T>::plain) {
    at = elements.data();
  } else {
    at = const_cast<void*>(store_elements<T>(elements, more));
  }
  uint32_t status = transfer(Write, end, at, elements.size());
  if (status == blocked) status = co_await wait_for{end.index};
  size_t count = counts ? status >> 4 : is_gone(status) ? 0 : 1;
  if constexpr (!abi<T>::plain && !abi<T>::refers) {
    // Handles that nobody took are still this side's.
    lent handles;
    for (size_t i = count; i < elements.size(); ++i) {
      elements[i] = abi<T>::load(static_cast<uint8_t*>(at) + i * size, handles);
    }
  }
  co_return {count, is_gone(status)};
}

template <void (*Drop)(int32_t)>
void drop_channel(raw_handle end) {
  Drop(end.index);
}

}  // namespace wit::detail

void wit::spawn(task<> beside) { detail::start_beside(std::move(beside)); }
