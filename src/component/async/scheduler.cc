#include "component/async/scheduler.h"

#include "component/async/async_state.h"
#include "component/async/waitable_set.h"
#include "component/instance.h"

namespace weir::component {

Scheduler::Scheduler(Instance& root, uint64_t seed) : root_(root) {
  if (seed != 0) choice_.emplace(seed);
}

Scheduler::~Scheduler() { shut_down(); }

AsyncState& Scheduler::state(ComponentInstance& instance) { return *instance.async; }

Task& Scheduler::start(std::unique_ptr<Task> owned) {
  Task& task = *owned.release();
  tasks_.push(task);
  ComponentInstance& instance = task.instance();
  AsyncState& async = state(instance);
  Thread& thread = task.implicit();
  // Who holds the lock and could go on comes before whoever wants it.
  if (task.needs_exclusive() && async.exclusive && async.exclusive->queued() &&
      ready(*async.exclusive) && instance.store->open()) {
    resume(*async.exclusive);
  }
  bool held_back = async.backpressure > 0 || (task.needs_exclusive() && async.exclusive);
  bool others_first = async.entering_count > 0;
  if ((task.is_async() && (held_back || others_first)) || !instance.store->open()) {
    thread.wait = {Wait::Kind::enter, nullptr, nullptr};
    async.entering_count += 1;
    if (task.is_async()) {
      (task.needs_exclusive() ? async.entering : async.entering_freely).push(thread);
      pass_on(instance);
    } else {
      consider(thread);
    }
  } else {
    resume(thread);
  }
  return task;
}

bool Scheduler::needs_lock(const Thread& thread) const {
  switch (thread.wait.kind) {
    case Wait::Kind::enter:
      return thread.task.needs_exclusive();
    case Wait::Kind::callback_yield:
    case Wait::Kind::callback_wait:
      return true;
    default:
      return false;
  }
}

bool Scheduler::ready_but_for_lock(const Thread& thread) const {
  const Wait& wait = thread.wait;
  switch (wait.kind) {
    case Wait::Kind::nothing:
      return false;
    case Wait::Kind::enter:
      return !thread.task.is_async() || state(thread.task.instance()).backpressure == 0;
    case Wait::Kind::turn:
    case Wait::Kind::callback_yield:
      return true;
    case Wait::Kind::callback_wait:
      return wait.set->has_event() || thread.task.state() == Task::State::pending_cancel;
    case Wait::Kind::set:
      return wait.set->has_event();
    case Wait::Kind::waitable:
    case Wait::Kind::subtask:
      return wait.waitable->has_event();
    case Wait::Kind::resumption:
    case Wait::Kind::host:
      return thread.woken;
  }
  return false;
}

bool Scheduler::ready(const Thread& thread) const {
  if (!ready_but_for_lock(thread)) return false;
  return !needs_lock(thread) || !state(thread.task.instance()).exclusive;
}

void Scheduler::consider(Thread& thread) {
  if (thread.nested || thread.queued() || !ready_but_for_lock(thread)) return;
  if (needs_lock(thread)) {
    AsyncState& async = state(thread.task.instance());
    if (async.exclusive) {
      // Those that wait to enter have a list of their own.
      if (thread.wait.kind != Wait::Kind::enter) async.lock_waiters.push(thread);
      return;
    }
  }
  bool last =
      thread.wait.kind == Wait::Kind::turn || thread.wait.kind == Wait::Kind::callback_yield;
  (last ? yielded_ : ready_).push(thread);
}

void Scheduler::pass_on(ComponentInstance& instance) {
  AsyncState& async = state(instance);
  if (async.backpressure == 0) {
    while (Thread* thread = async.entering_freely.pop()) consider(*thread);
  }
  if (!async.exclusive) {
    if (Thread* thread = async.lock_waiters.pop()) {
      consider(*thread);
      return;
    }
  }
  if (Thread* thread = async.entering.front()) consider(*thread);
}

void Scheduler::release_lock(Thread& thread) {
  ComponentInstance& instance = thread.task.instance();
  AsyncState& async = state(instance);
  if (async.exclusive != &thread) return;
  async.exclusive = nullptr;
  pass_on(instance);
}

Worker* Scheduler::acquire(Thread& thread) {
  ComponentInstance& instance = thread.task.instance();
  AsyncState& async = state(instance);
  Worker* worker = async.idle.release();
  if (!worker) {
    worker = new Worker(*this, instance);
    workers_.push(*worker);
  }
  worker->assign(thread);
  return worker;
}

void Scheduler::park(Worker& worker) {
  AsyncState& async = state(worker.instance());
  if (worker.fiber().done() || async.idle || shut_) {
    delete &worker;
  } else {
    async.idle.reset(&worker);
  }
}

void Scheduler::resume(Thread& thread) {
  if (failed_) return;
  static_cast<ChainNode<ThreadQueued>&>(thread).unlink();
  ComponentInstance& instance = thread.task.instance();
  AsyncState& async = state(instance);
  if (thread.wait.kind == Wait::Kind::enter) {
    static_cast<ChainNode<ThreadWaiting>&>(thread).unlink();
    async.entering_count -= 1;
  }
  bool takes_lock = thread.worker == nullptr && &thread == &thread.task.implicit() &&
                    thread.task.needs_exclusive();
  if (takes_lock) async.exclusive = &thread;
  if (!thread.worker) thread.worker = acquire(thread);
  enter_switch(*thread.worker);
  while (Thread* next = std::exchange(switch_to_, nullptr)) {
    if (!failed_) resume(*next);
  }
  // Others may enter beside a task that does not hold the lock.
  if (!failed_ && !async.exclusive) pass_on(instance);
}

void Scheduler::enter_switch(Worker& worker) {
  Running outer = running_;
  ContextGlobals& context = state(worker.instance()).context;
  ContextSlots* outer_slots = context.load(&worker.thread()->slots);
  engine::Fiber* from = root_.current_fiber();
  engine::Fiber::Progress progress;
  uint64_t cpu_before = worker.fiber().cpu_ns();
  do {
    running_ = worker.running;
    root_.set_current_fiber(&worker.fiber());
    progress = worker.fiber().resume(from);
    root_.set_current_fiber(from);
    worker.running = running_;
    running_ = outer;
    // Its turn is over, and so is that of everybody below it.
  } while (progress == engine::Fiber::Progress::preempted && from && from->yield_turn());
  root_.add_cpu_ns(worker.fiber().cpu_ns() - cpu_before);
  context.load(outer_slots);
  if (progress == engine::Fiber::Progress::preempted) {
    if (!from) preempted_.push(worker);
    return;
  }
  if (progress == engine::Fiber::Progress::done) {
    if (worker.fiber().start_error()) fail(std::move(worker.fiber().start_error()));
    if (Thread* thread = worker.thread()) thread->worker = nullptr;
    worker.forget_thread();
  }
  if (!worker.thread()) park(worker);
}

void Scheduler::run_thread(Thread& thread) {
  Task& task = thread.task;
  OrTrap<bool> over = task.run(thread);
  if (!over.ok()) {
    fail(std::move(over.trap()));
    return;
  }
  bool implicit = &thread == &task.implicit();
  if (!*over) {
    thread.worker = nullptr;
    consider(thread);
    return;
  }
  thread.worker = nullptr;
  if (!implicit) delete &thread;
  if (!task.has_threads()) delete &task;
}

Thread* Scheduler::pop_ready() {
  if (choice_) {
    ready_.splice(yielded_);
    if (Thread* chosen = choice_->of(ready_)) {
      static_cast<ChainNode<ThreadQueued>&>(*chosen).unlink();
      return chosen;
    }
    return nullptr;
  }
  Thread* thread = ready_.pop();
  return thread ? thread : yielded_.pop();
}

bool Scheduler::run_one() {
  if (failed_) return false;
  if (Worker* worker = preempted_.pop()) {
    enter_switch(*worker);
    return true;
  }
  while (true) {
    Thread* thread = pop_ready();
    if (!thread) return false;
    if (!ready(*thread)) {
      // Somebody was faster; the lock may have been kept free for it.
      consider(*thread);
      if (!thread->queued()) {
        ComponentInstance& instance = thread->task.instance();
        bool enters = thread->wait.kind == Wait::Kind::enter;
        if (enters && !needs_lock(*thread)) state(instance).entering_freely.push(*thread);
        pass_on(instance);
      }
      continue;
    }
    if (thread->wait.kind != Wait::Kind::host && !thread->task.instance().store->open()) {
      closed_.push(*thread);
      continue;
    }
    resume(*thread);
    return true;
  }
}

void Scheduler::reopened() { ready_.splice(closed_); }

Thread* Scheduler::ready_of(ComponentInstance& instance) {
  for (Chain<Thread, ThreadQueued>* queue : {&ready_, &yielded_}) {
    for (Thread* t = queue->front(); t; t = queue->next(*t)) {
      // Those that need the stack of the instance for themselves, or are not in it yet, do not.
      bool may_join = t->wait.kind != Wait::Kind::enter &&
                      !(t == &t->task.implicit() && t->task.needs_exclusive());
      if (&t->task.instance() == &instance && may_join && ready(*t)) return t;
    }
  }
  return nullptr;
}

void Scheduler::unregister(Thread& thread) {
  static_cast<ChainNode<ThreadQueued>&>(thread).unlink();
  static_cast<ChainNode<ThreadWaiting>&>(thread).unlink();
  if (thread.wait.waitable) thread.wait.waitable->set_sync_waiter(nullptr);
  thread.wait = {};
  thread.woken = false;
}

Trap Scheduler::wait(Wait wait) { return this->wait(wait, nullptr); }

Trap Scheduler::wait(Wait wait, Thread* first) {
  Thread* running = running_.thread;
  if (!running) return guest_fault("cannot block a synchronous task before returning");
  Thread& thread = *running;
  thread.wait = wait;
  thread.woken = false;
  if (wait.kind != Wait::Kind::turn && !first && ready_but_for_lock(thread)) {
    thread.wait = {};
    return {};
  }
  if (wait.set) wait.set->waiting().push(thread);
  if (wait.waitable) wait.waitable->set_sync_waiter(&thread);
  // A call of synchronous type runs on the stack of its caller, which cannot go on.
  bool nested = !thread.task.is_async() && &thread == &thread.task.implicit();
  Trap trap = nested ? block_nested(thread, first) : block(thread, first);
  unregister(thread);
  return trap;
}

Trap Scheduler::block(Thread& thread, Thread* first) {
  consider(thread);
  if (first && first->nested) {
    first->woken = true;
  } else {
    // Control goes to it, not to whoever resumed this thread.
    switch_to_ = first;
  }
  if (!root_.current_fiber()->suspend(engine::Fiber::While::owner_open) || failed_) {
    return Trap::cancelled();
  }
  return {};
}

Trap Scheduler::block_nested(Thread& thread, Thread* first) {
  thread.nested = true;
  Trap trap;
  bool yields = thread.wait.kind == Wait::Kind::turn;
  while (!trap && (yields || first || !ready(thread))) {
    if (first && first->nested) {
      // It goes on when control comes back to its own stack.
      std::exchange(first, nullptr)->woken = true;
    }
    Thread* other = first ? first : ready_of(thread.task.instance());
    first = nullptr;
    if (!other) {
      if (!yields) trap = guest_fault("cannot block a synchronous task before returning");
      break;
    }
    yields = false;
    resume(*other);
    if (failed_) trap = Trap::cancelled();
  }
  thread.nested = false;
  return trap;
}

void Scheduler::host_woke(Worker& worker) {
  Thread* thread = worker.thread();
  if (!thread || failed_) return;
  thread->woken = true;
  consider(*thread);
  root_.wake();
}

void Scheduler::fail(Trap trap) {
  if (!failed_) trap_ = std::move(trap);
  failed_ = true;
  root_.poison();
}

void Scheduler::cancel(Task& task) { task.request_cancellation(); }

void Scheduler::shut_down() {
  if (std::exchange(shut_, true)) return;
  failed_ = true;
  root_.poison();
  while (Worker* worker = workers_.front()) {
    AsyncState& async = state(worker->instance());
    if (async.idle.get() == worker) {
      async.idle.reset();
    } else {
      delete worker;
    }
  }
  while (Task* task = tasks_.front()) delete task;
  while (HostTie* tie = ties_.pop()) tie->abandon();
}

Scheduler::Frame::Frame(Scheduler* scheduler, ComponentInstance& instance, const Lifted* lifted)
    : scheduler_(scheduler) {
  if (!scheduler) return;
  Task* task;
  if (scheduler->root_.plan().uses_threads) {
    lasting_task_ = std::make_unique<Task>(instance, lifted, nullptr);
    task = lasting_task_.get();
  } else {
    task = &task_.emplace(instance, lifted, nullptr);
  }
  outer_ = scheduler->running_;
  Thread& thread = task->implicit();
  thread.worker = outer_.worker;
  scheduler->running_ = {task, &thread, outer_.worker};
  outer_slots_ = state(instance).context.load(&thread.slots);
  task->begin_frame();
}

Scheduler::Frame::~Frame() {
  if (!scheduler_) return;
  scheduler_->running_ = outer_;
  Task& task = lasting_task_ ? *lasting_task_ : *task_;
  ContextGlobals& context = state(task.instance()).context;
  context.forget(task.implicit().slots);
  context.load(outer_slots_);
  task.end_frame();
  task.implicit().worker = nullptr;
  if (task.has_threads()) scheduler_->tasks_.push(*lasting_task_.release());
}

Scheduler::FreshSlots::FreshSlots(ComponentInstance& instance) : state_(instance.async.get()) {
  if (state_) outer_ = state_->context.load(&fresh_);
}

Scheduler::FreshSlots::~FreshSlots() {
  if (!state_) return;
  state_->context.forget(fresh_);
  state_->context.load(outer_);
}

}  // namespace weir::component
