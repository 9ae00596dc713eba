#include "component/async/task.h"

#include "component/abi_context.h"
#include "component/async/async_state.h"
#include "component/async/scheduler.h"
#include "component/async/waitable_set.h"
#include "component/instance.h"
#include "component/transfer.h"

namespace weir::component {
namespace {

// What a callback task answers at the end of a turn.
enum class CallbackCode : uint8_t { exit = 0, yield = 1, wait = 2 };

}  // namespace

Task::Task(ComponentInstance& instance, const Lifted* lifted, TaskCaller* caller)
    : instance_(instance), lifted_(lifted), caller_(caller), implicit_(*this) {
  if (lifted) async_ = instance.root.plan().types.func(lifted->type).async;
  if (!caller) state_ = State::started;
}

Task::~Task() {
  if (AsyncState* async = instance_.async.get()) {
    if (implicit_.index != 0) async->remove_thread(implicit_);
  }
  while (Thread* thread = others_.pop()) {
    instance_.async->remove_thread(*thread);
    delete thread;
  }
}

Thread::~Thread() {
  if (AsyncState* async = task.instance().async.get()) async->context.forget(slots);
}

Scheduler& Task::scheduler() const { return *instance_.root.scheduler(); }

OrTrap<bool> Task::run(Thread& thread) {
  if (&thread != &implicit_) {
    thread.wait = {};
    thread.woken = false;
    if (Trap trap = instance_.root.call_thread(instance_, thread)) return trap;
    if (Trap trap = remove(thread)) return trap;
    return true;
  }
  return state_ == State::initial ? begin() : next_turn();
}

OrTrap<bool> Task::begin() {
  implicit_.wait = {};
  state_ = State::started;
  threads_ = 1;
  Instance& root = instance_.root;
  if (root.plan().uses_threads) instance_.async->add_thread(implicit_);
  AbiContext abi(&instance_, &lifted_->options, root.copy_budget());
  abi.set_borrow_scope(&borrows_);
  Raw flat[wit::kMaxFlatParams];
  if (Trap trap = caller_->start(abi, *lifted_, flat)) return trap;
  size_t results = lifted_->signature.results.size();
  size_t count = std::max(lifted_->signature.params.size(), results);
  if (Trap trap = root.call_core(instance_, lifted_->core, flat, count)) return trap;
  if (has_callback()) return after_turn(flat[0].u32);
  if (lifted_->options.async) return end_thread();

  Raw returned = flat[0];
  if (Trap trap = finish(abi, lifted_->signature.indirect_result, flat)) return trap;
  if (lifted_->options.post_return.valid()) {
    instance_.may_leave = false;
    Trap trap = root.call_core(instance_, lifted_->options.post_return, &returned, results);
    instance_.may_leave = true;
    if (trap) return trap;
  }
  return end_thread();
}

OrTrap<bool> Task::next_turn() {
  Wait wait = std::exchange(implicit_.wait, {});
  static_cast<ChainNode<ThreadWaiting>&>(implicit_).unlink();
  Event event;
  if (take_pending_cancel()) {
    event.code = EventCode::task_cancelled;
  } else if (wait.kind == Wait::Kind::callback_wait) {
    OrTrap<Event> taken = wait.set->take_event();
    if (!taken.ok()) return std::move(taken.trap());
    event = *taken;
  }
  Raw values[3];
  values[0].u64 = static_cast<uint32_t>(event.code);
  values[1].u64 = event.index;
  values[2].u64 = event.payload;
  Trap trap = instance_.root.call_core(instance_, lifted_->options.callback, values, 3);
  if (trap) return trap;
  return after_turn(values[0].u32);
}

OrTrap<bool> Task::after_turn(uint32_t packed) {
  uint32_t code = packed & 0xf;
  if (code > static_cast<uint32_t>(CallbackCode::wait)) {
    return guest_fault("unsupported callback code " + std::to_string(code));
  }
  // A wish to cancel that it does not know of yet is told at once.
  bool told = state_ == State::pending_cancel;
  switch (static_cast<CallbackCode>(code)) {
    case CallbackCode::exit:
      return end_thread();
    case CallbackCode::yield:
      implicit_.wait = {Wait::Kind::callback_yield, nullptr, nullptr};
      break;
    case CallbackCode::wait: {
      WaitableSet* set = instance_.handles.item<WaitableSet>(packed >> 4);
      if (!set) return no_waitable_set(instance_, packed >> 4);
      implicit_.wait = {Wait::Kind::callback_wait, set, nullptr};
      if (!told) set->waiting().push(implicit_);
      break;
    }
  }
  if (told) return next_turn();
  scheduler().release_lock(implicit_);
  return false;
}

OrTrap<bool> Task::end_thread() {
  Trap trap = remove(implicit_);
  scheduler().release_lock(implicit_);
  if (trap) return trap;
  return true;
}

Trap Task::finish(AbiContext& from, bool indirect, const Raw* flat) {
  if (state_ == State::resolved) {
    return guest_fault("`task.return` or `task.cancel` called more than once");
  }
  if (borrows_.borrows != 0) {
    return guest_fault("borrow handles still remain at the end of the call");
  }
  Trap trap = caller_ ? caller_->resolve(from, indirect, flat) : discard(from, indirect, flat);
  state_ = State::resolved;
  caller_ = nullptr;
  return trap;
}

Trap Task::finish_cancelled() {
  if (state_ == State::resolved) {
    return guest_fault("`task.return` or `task.cancel` called more than once");
  }
  if (state_ != State::cancel_delivered) {
    return guest_fault("`task.cancel` called by task which has not been cancelled");
  }
  if (borrows_.borrows != 0) {
    return guest_fault("borrow handles still remain at the end of the call");
  }
  state_ = State::resolved;
  if (caller_) std::exchange(caller_, nullptr)->cancelled();
  return {};
}

Trap Task::discard(AbiContext& from, bool indirect, const Raw* flat) {
  const FuncType& type = instance_.root.plan().types.func(lifted_->type);
  if (!type.result) return {};
  Transfer transfer(instance_.root);
  Value value = transfer.lift_result(from, *type.result, indirect, flat);
  return from.take_trap();
}

void Task::request_cancellation() {
  AsyncState& async = *instance_.async;
  if (state_ == State::initial) {
    // It never entered: no code of it runs.
    static_cast<ChainNode<ThreadQueued>&>(implicit_).unlink();
    static_cast<ChainNode<ThreadWaiting>&>(implicit_).unlink();
    implicit_.wait = {};
    async.entering_count -= 1;
    state_ = State::resolved;
    if (caller_) std::exchange(caller_, nullptr)->cancelled();
    scheduler().pass_on(instance_);
    delete this;
    return;
  }
  if (state_ != State::started) return;
  state_ = State::pending_cancel;
  bool between_turns = implicit_.wait.kind == Wait::Kind::callback_wait ||
                       implicit_.wait.kind == Wait::Kind::callback_yield;
  if (!between_turns) return;
  if (!async.exclusive && instance_.store->open()) {
    scheduler().resume(implicit_);
  } else {
    scheduler().consider(implicit_);
  }
}

bool Task::take_pending_cancel() {
  if (state_ != State::pending_cancel) return false;
  state_ = State::cancel_delivered;
  return true;
}

void Task::begin_frame() {
  threads_ = 1;
  if (instance_.root.plan().uses_threads) instance_.async->add_thread(implicit_);
}

void Task::end_frame() {
  state_ = State::resolved;
  threads_ -= 1;
  instance_.async->remove_thread(implicit_);
}

void Task::add(Thread& thread) {
  threads_ += 1;
  others_.push(thread);
  instance_.async->add_thread(thread);
}

Trap Task::remove(Thread& thread) {
  threads_ -= 1;
  if (threads_ == 0 && state_ != State::resolved) {
    // It stays with the task, which destroys it.
    return guest_fault("async-lifted export failed to produce a result");
  }
  static_cast<ChainNode<ThreadOfTask>&>(thread).unlink();
  instance_.async->remove_thread(thread);
  return {};
}

}  // namespace weir::component
