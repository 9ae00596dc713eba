#include "component/async/subtask.h"

#include "component/async/scheduler.h"
#include "component/instance.h"
#include "component/transfer.h"

namespace weir::component {

Subtask::Subtask(Scheduler& scheduler, ComponentInstance& caller, const Lowered& lowered,
                 const Raw* values)
    : Waitable(Kind::subtask, scheduler),
      caller_(caller),
      lowered_(lowered),
      call_(std::get<LoweredCall>(lowered.what)),
      values_(values) {
  if (!lowered.options.async) return;
  size_t count = call_.signature.params.size();
  WEIR_ASSERT(count <= std::size(copies_));
  std::copy_n(values, count, copies_);
  values_ = copies_;
}

Subtask::~Subtask() = default;

const FuncType& Subtask::type() const { return caller_.root.plan().types.func(call_.type); }

Trap Subtask::start(AbiContext& to, const Lifted& lifted, Raw* flat) {
  progress(State::started);
  AbiContext from(&caller_, &lowered_.options, caller_.root.copy_budget());
  Transfer transfer(caller_.root);
  transfer.lift_params(from, type(), call_.signature.indirect_params, values_);
  from.take_lends(lends_);
  if (!from.ok()) return from.take_trap();
  transfer.lower_params(to, type(), lifted.signature.indirect_params, flat);
  return to.take_trap();
}

Trap Subtask::resolve(AbiContext& from, bool indirect, const Raw* flat) {
  task_ = nullptr;
  if (type().result) {
    Transfer transfer(caller_.root);
    Value value = transfer.lift_result(from, *type().result, indirect, flat);
    if (!from.ok()) return from.take_trap();
    bool enters = caller_.root.plan().types.contents(*type().result).pointer;
    if (enters && !caller_.root.may_nest(caller_)) {
      held_back_ = std::make_unique<Value>(std::move(value));
    } else if (Trap trap = lower(value)) {
      return trap;
    }
  }
  progress(State::returned);
  return {};
}

Trap Subtask::lower(Value& value) {
  AbiContext to(&caller_, &lowered_.options, caller_.root.copy_budget());
  Transfer transfer(caller_.root);
  bool indirect = call_.signature.indirect_result;
  uint32_t out = indirect ? values_[call_.signature.params.size() - 1].u32 : 0;
  transfer.lower_result(to, *type().result, value, indirect, out, &flat_result_);
  return to.take_trap();
}

void Subtask::cancelled() {
  task_ = nullptr;
  progress(state_ == State::starting ? State::cancelled_before_started
                                     : State::cancelled_before_returned);
}

void Subtask::progress(State state) {
  state_ = state;
  if (index != 0 || (sync_waiter() && resolved())) set_event();
  if (resolve_waiter_ && resolved()) resolve_waiter_->wake();
}

void Subtask::request_cancellation() {
  cancellation_requested_ = true;
  if (task_) scheduler().cancel(*task_);
}

OrTrap<void> Subtask::deliver_resolve() {
  delivered_ = true;
  for (uint32_t lent : lends_) caller_.handles.find(lent)->lends -= 1;
  lends_.clear();
  if (!held_back_) return {};
  return lower(*std::exchange(held_back_, nullptr));
}

OrTrap<Event> Subtask::deliver() {
  if (resolved()) {
    OrTrap<void> done = deliver_resolve();
    if (!done.ok()) return std::move(done.trap());
  }
  return Event{EventCode::subtask, index, static_cast<uint32_t>(state_)};
}

Trap call_by_task(const Lowered& lowered, ComponentInstance& caller, Raw* values) {
  Instance& root = caller.root;
  Scheduler& scheduler = *root.scheduler();
  const Lifted& lifted =
      root.plan().lifted[std::get<LiftedId>(std::get<LoweredCall>(lowered.what).callee).index];
  auto subtask = std::make_unique<Subtask>(scheduler, caller, lowered, values);
  auto task =
      std::make_unique<Task>(root.component(lifted.options.instance), &lifted, subtask.get());
  bool is_async = task->is_async();
  subtask->set_task(task.get());
  scheduler.start(std::move(task));
  if (scheduler.failed()) return Trap::cancelled();

  if (lowered.options.async) {
    if (!subtask->resolved()) {
      uint32_t index = caller.handles.add_item(std::move(subtask));
      if (index == 0) return guest_fault("too many handles");
      auto* added = static_cast<Subtask*>(caller.handles.item(index));
      added->index = index;
      values[0].u64 = static_cast<uint32_t>(added->state()) | uint64_t{index} << 4;
      return {};
    }
    OrTrap<void> done = subtask->deliver_resolve();
    values[0].u64 = static_cast<uint32_t>(Subtask::State::returned);
    return std::move(done.trap());
  }

  if (!subtask->resolved() && is_async) {
    if (Trap trap = scheduler.wait({Wait::Kind::subtask, nullptr, subtask.get()})) return trap;
  }
  // A callee of synchronous type waits for the host alone.
  subtask->set_resolve_waiter(&root.waiter());
  while (!subtask->resolved()) {
    if (!root.suspend()) return Trap::cancelled();
  }
  OrTrap<void> done = subtask->deliver_resolve();
  if (!lowered.results.empty()) values[0] = subtask->flat_result();
  return std::move(done.trap());
}

}  // namespace weir::component
