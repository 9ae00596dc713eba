#pragma once

#include "component/async/thread.h"
#include "engine/fiber.h"
#include "util/executor.h"

namespace weir::component {

class ComponentInstance;
class Scheduler;

// Whose code runs: what built-ins mean by "current" (definitions.py, `current_thread`).
struct Running {
  // All null in the host's own code.
  Task* task = nullptr;
  Thread* thread = nullptr;
  // The stack; null on that of a job.
  Worker* worker = nullptr;
};

struct WorkerOfScheduler;
struct WorkerPreempted;

// A stack for threads of one component instance; when one has ended or waits without it, the next
// takes it.
class Worker final : public ChainNode<WorkerOfScheduler>,
                     public ChainNode<WorkerPreempted>,
                     private engine::FiberBody {
 public:
  Worker(Scheduler& scheduler, ComponentInstance& instance);
  // Cancels what is on it.
  ~Worker();

  ComponentInstance& instance() const { return instance_; }
  engine::Fiber& fiber() { return fiber_; }
  // What it runs when it is resumed next.
  void assign(Thread& thread);
  Thread* thread() const { return thread_; }
  void forget_thread() { thread_ = nullptr; }

  // Who was running on it when it was suspended.
  Running running;

  // Waits until the host wakes `waiter()`; false when it is being ended.
  bool suspend_for_host();
  Waiter& waiter() { return wake_; }

 private:
  class Wake final : public Waiter {
   public:
    Wake(Executor& executor, Worker& worker) : Waiter(executor), worker_(worker) {}
    void fire() override { worker_.woken(); }

   private:
    Worker& worker_;
  };

  void run(engine::Fiber& fiber) override;
  void woken();

  Scheduler& scheduler_;
  ComponentInstance& instance_;
  Thread* thread_ = nullptr;
  Wake wake_;
  bool woken_ = false;
  bool waits_for_host_ = false;
  engine::Fiber fiber_;
};

}  // namespace weir::component
