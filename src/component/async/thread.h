#pragma once

#include <cstdint>

#include "component/async/chain.h"
#include "engine/extern.h"

namespace weir::component {

class Task;
class Waitable;
class WaitableSet;
class Worker;

struct ThreadQueued;
struct ThreadWaiting;
struct ThreadOfTask;

// What a thread waits for.
struct Wait {
  enum class Kind : uint8_t {
    // It runs, or has not begun.
    nothing,
    // To enter its instance: backpressure.
    enter,
    // Its turn, after everybody who is ready (thread.yield).
    turn,
    // A callback task between two turns: YIELD, WAIT.
    callback_yield,
    callback_wait,
    // An event of any member of `set` (waitable-set.wait).
    set,
    // An event of `waitable` (a synchronous read, write or cancel).
    waitable,
    // `resolved` of a subtask that is called synchronously.
    subtask,
    // That it is resumed by another thread (thread.suspend).
    resumption,
    // That the host wakes it.
    host,
  };

  Kind kind = Kind::nothing;
  WaitableSet* set = nullptr;
  Waitable* waitable = nullptr;
};

// The two context slots of a thread (CanonicalABI.md, "canon context.get"), while it does not run.
struct ContextSlots {
  int32_t values[2] = {0, 0};
};

// A thread of a task (CanonicalABI.md, "Threads"). It has a stack only while its core code is on
// one: a callback task that waits between its turns has none.
class Thread : public ChainNode<ThreadQueued>,
               public ChainNode<ThreadWaiting>,
               public ChainNode<ThreadOfTask> {
 public:
  explicit Thread(Task& task) : task(task) {}
  ~Thread();
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  Task& task;
  ContextSlots slots;
  Wait wait;
  // What runs it now; null while it is on no stack.
  Worker* worker = nullptr;
  // Index in the instance's table of threads, from 1, once it has one.
  uint32_t index = 0;
  // It was resumed, or woken by the host.
  bool woken = false;
  // It waits on the stack of its caller, below whatever runs meanwhile.
  bool nested = false;
  // What a thread beside the implicit one runs, and its argument.
  engine::Func function;
  uint32_t argument = 0;

  bool waits() const { return wait.kind != Wait::Kind::nothing; }
  bool queued() const { return static_cast<const ChainNode<ThreadQueued>*>(this)->linked(); }
};

}  // namespace weir::component
