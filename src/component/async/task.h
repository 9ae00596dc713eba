#pragma once

#include "component/async/pooled.h"
#include "component/async/thread.h"
#include "component/handle_table.h"
#include "component/host/or_trap.h"
#include "component/plan.h"
#include "engine/raw.h"

namespace weir::component {

class AbiContext;
class ComponentInstance;
class Scheduler;

using engine::Raw;

// Whoever called a task: a subtask of another component instance, or the host. It outlives the
// call; once it is resolved or cancelled the task forgets it.
class TaskCaller {
 public:
  // When the task starts: lowers the arguments to `to`, as `lifted` wants them.
  virtual Trap start(AbiContext& to, const Lifted& lifted, Raw* flat) = 0;
  // When it returns: lifts the result from `flat` or, if `indirect`, from the memory that the
  // first points to.
  virtual Trap resolve(AbiContext& from, bool indirect, const Raw* flat) = 0;
  // It ends without a result, because that was asked for.
  virtual void cancelled() = 0;

 protected:
  ~TaskCaller() = default;
};

struct TaskOfScheduler;

// One call of a function that a component instance lifts (CanonicalABI.md, "Tasks"). Those of
// asynchronous type belong to the scheduler; for others one lives on the stack of the call.
class Task : public ChainNode<TaskOfScheduler>, public Pooled<Task> {
 public:
  enum class State : uint8_t { initial, started, pending_cancel, cancel_delivered, resolved };

  // `lifted` is null for what the runtime itself calls: start functions, destructors.
  Task(ComponentInstance& instance, const Lifted* lifted, TaskCaller* caller);
  virtual ~Task();

  ComponentInstance& instance() const { return instance_; }
  const Lifted* lifted() const { return lifted_; }
  // Of asynchronous type.
  bool is_async() const { return async_; }
  bool needs_exclusive() const {
    return async_ && lifted_ && (!lifted_->options.async || lifted_->options.callback.valid());
  }
  bool has_callback() const { return lifted_ && lifted_->options.callback.valid(); }
  State state() const { return state_; }
  BorrowScope& borrows() { return borrows_; }
  Thread& implicit() { return implicit_; }

  // On a stack: runs the thread until it is over (true) or waits without a stack (false).
  virtual OrTrap<bool> run(Thread& thread);
  // canon task.return and the end of a synchronous lift.
  Trap finish(AbiContext& from, bool indirect, const Raw* flat);
  // canon task.cancel.
  Trap finish_cancelled();
  // A caller's wish to end it.
  void request_cancellation();
  // The caller is gone: what it returns is discarded.
  void forget_caller() { caller_ = nullptr; }
  // True, once, if the wish is to be told to the guest now.
  bool take_pending_cancel();

  // Of a call on the stack of its caller: its thread begins and ends.
  void begin_frame();
  void end_frame();

  // Threads beside the implicit one.
  void add(Thread& thread);
  // Null, or the trap if the last one ended and there was no result.
  Trap remove(Thread& thread);
  bool has_threads() const { return threads_ != 0; }

 protected:
  Scheduler& scheduler() const;

 private:
  OrTrap<bool> begin();
  OrTrap<bool> next_turn();
  OrTrap<bool> after_turn(uint32_t packed);
  OrTrap<bool> end_thread();
  // Lifts a result that nobody wants, so that what it owns is freed.
  Trap discard(AbiContext& from, bool indirect, const Raw* flat);

  ComponentInstance& instance_;
  const Lifted* lifted_;
  TaskCaller* caller_;
  State state_ = State::initial;
  bool async_ = false;
  uint32_t threads_ = 0;
  BorrowScope borrows_;
  Thread implicit_;
  Chain<Thread, ThreadOfTask> others_;
};

}  // namespace weir::component
