#pragma once

#include <memory>
#include <vector>

#include "component/async/context_globals.h"
#include "component/async/thread.h"

namespace weir::component {

// What a component instance has beside its handles if something in its composition is
// asynchronous (CanonicalABI.md, "Component Instances").
struct AsyncState {
  AsyncState();
  ~AsyncState();

  // Who holds the lock of the instance: callback and synchronously lifted tasks run one at a time.
  Thread* exclusive = nullptr;
  uint32_t backpressure = 0;
  // Calls that wait to enter, in order: those that need the lock, and those that wait for the end
  // of the backpressure alone. Both count, whether they are queued already or not.
  Chain<Thread, ThreadWaiting> entering;
  Chain<Thread, ThreadWaiting> entering_freely;
  uint32_t entering_count = 0;
  // Threads that wait for nothing but the lock.
  Chain<Thread, ThreadQueued> lock_waiters;
  ContextGlobals context;
  // A stack that nobody uses.
  std::unique_ptr<Worker> idle;

  // The table of threads: indices from 1, the one freed last is given out first.
  std::vector<Thread*> threads;
  std::vector<uint32_t> free_threads;

  uint32_t add_thread(Thread& thread);
  void remove_thread(Thread& thread);
  // Null if there is none.
  Thread* find_thread(uint32_t index) const;
};

}  // namespace weir::component
