#pragma once

#include <memory>
#include <optional>

#include "component/async/host_tie.h"
#include "component/async/open_choice.h"
#include "component/async/task.h"
#include "component/async/worker.h"

namespace weir::component {

class Instance;
struct AsyncState;

// Decides whose turn it is among the threads of one composition (CanonicalABI.md, "Stack
// Switching"). The order is deterministic: a call runs its callee at once, and goes on at the
// callee's first wait or end; of those that are ready, whoever became so first is next, and
// threads that yield come after all others. Used on one thread; does no I/O.
class Scheduler {
 public:
  // With a `seed` other than 0, which of those that are ready is next is chosen by it.
  Scheduler(Instance& root, uint64_t seed);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  Instance& root() const { return root_; }
  // Null without a seed.
  OpenChoice* open_choice() { return choice_ ? &*choice_ : nullptr; }
  const Running& running() const { return running_; }

  // Takes the task over and runs it up to its first wait, or lets it wait to enter.
  Task& start(std::unique_ptr<Task> task);
  // Runs a thread that waits, at once, up to its next wait or its end.
  void resume(Thread& thread);
  // Asks `task` to end, as a caller does.
  void cancel(Task& task);

  // The running thread waits, and others run meanwhile. A trap ends the guest.
  Trap wait(Wait wait);
  // The same until `thread`, if it is given, has run first (thread.suspend-then-resume and the
  // like).
  Trap wait(Wait wait, Thread* first);
  // Something that `thread` waits for may have happened.
  void consider(Thread& thread);
  bool ready(const Thread& thread) const;
  // The lock of the instance is free, or its backpressure has ended: whoever waits for it is next.
  void pass_on(ComponentInstance& instance);
  void release_lock(Thread& thread);

  // Runs the thread whose turn it is; false if none is ready. In a job, or from the loop.
  bool run_one();
  bool has_ready() const { return !preempted_.empty() || !ready_.empty() || !yielded_.empty(); }
  // Somebody's turn was ended by the clock: now it is the loop's.
  bool has_preempted() const { return !preempted_.empty(); }
  // Something will happen without any guest's doing: the host was asked for it.
  bool host_is_busy() const { return host_pending_ != 0 || !ties_.empty(); }
  // Until it leaves the list, or everything ends: then it is told.
  void tie(HostTie& tie) { ties_.push(tie); }
  void add_host_pending(int change) { host_pending_ += change; }
  // A stack that was suspended for the host goes on: what was closed may be open.
  void reopened();
  void host_woke(Worker& worker);
  // Threads, tasks or stacks are left.
  bool has_tasks() const { return !tasks_.empty(); }

  // Ends everything: the first trap counts.
  void fail(Trap trap);
  bool failed() const { return failed_; }
  Trap take_trap() { return std::move(trap_); }
  // Destroys all tasks and stacks. From the loop's stack. Nothing runs afterwards.
  void shut_down();
  bool shut() const { return shut_; }

  // A call of synchronous type on the stack of its caller.
  class Frame {
   public:
    // `scheduler` may be null: then it does nothing.
    Frame(Scheduler* scheduler, ComponentInstance& instance, const Lifted* lifted);
    ~Frame();
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;

   private:
    Scheduler* scheduler_;
    std::optional<Task> task_;
    // Where guests start threads, some may go on after the call.
    std::unique_ptr<Task> lasting_task_;
    ContextSlots* outer_slots_ = nullptr;
    Running outer_;
  };
  // Guest code that runs as on a fresh thread (realloc).
  class FreshSlots {
   public:
    explicit FreshSlots(ComponentInstance& instance);
    ~FreshSlots();
    FreshSlots(const FreshSlots&) = delete;
    FreshSlots& operator=(const FreshSlots&) = delete;

   private:
    AsyncState* state_;
    ContextSlots fresh_;
    ContextSlots* outer_ = nullptr;
  };

 private:
  friend class Worker;

  static AsyncState& state(ComponentInstance& instance);
  bool ready_but_for_lock(const Thread& thread) const;
  bool needs_lock(const Thread& thread) const;
  void unregister(Thread& thread);
  Trap block(Thread& thread, Thread* first);
  Trap block_nested(Thread& thread, Thread* first);
  Thread* ready_of(ComponentInstance& instance);
  // Takes the next thread out of the queues; null if there is none.
  Thread* pop_ready();
  Worker* acquire(Thread& thread);
  // On a worker's stack: runs `thread` to its end or next wait.
  void run_thread(Thread& thread);
  void park(Worker& worker);
  void enter_switch(Worker& worker);

  Instance& root_;
  std::optional<OpenChoice> choice_;
  Running running_;
  Chain<Thread, ThreadQueued> ready_;
  Chain<Thread, ThreadQueued> yielded_;
  // Ready, but their instance is closed.
  Chain<Thread, ThreadQueued> closed_;
  Chain<Task, TaskOfScheduler> tasks_;
  Chain<Worker, WorkerOfScheduler> workers_;
  // Those that are to go on first: their turn was ended by the clock.
  Chain<Worker, WorkerPreempted> preempted_;
  // Who is resumed when the thread that runs has given up its stack.
  Thread* switch_to_ = nullptr;
  int host_pending_ = 0;
  Chain<HostTie, HostTies> ties_;
  Trap trap_;
  bool failed_ = false;
  bool shut_ = false;
};

}  // namespace weir::component
