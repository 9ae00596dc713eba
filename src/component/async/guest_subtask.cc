#include "component/async/guest_subtask.h"

#include "component/async/scheduler.h"
#include "component/instance.h"
#include "component/passage.h"
#include "component/transfer.h"

namespace weir::component {

GuestSubtask::~GuestSubtask() = default;

Trap GuestSubtask::start(AbiContext& to, const Lifted& lifted, Raw* flat) {
  progress(State::started);
  AbiContext from(&caller_, &lowered_.options, caller_.root.copy_budget());
  if (call_.passes && &caller_ != &to.instance()) {
    Passage passage(caller_.root, from, to);
    passage.params(type(), call_.signature.indirect_params, values_,
                   lifted.signature.indirect_params, flat);
    // What has failed may be unwinding, and then the caller has gone before it.
    if (!passage.ok()) return passage.take_trap();
    from.take_lends(lends_);
    return {};
  }
  Transfer transfer(caller_.root);
  transfer.lift_params(from, type(), call_.signature.indirect_params, values_);
  from.take_lends(lends_);
  if (!from.ok()) return from.take_trap();
  transfer.lower_params(to, type(), lifted.signature.indirect_params, flat);
  return to.take_trap();
}

Trap GuestSubtask::resolve(AbiContext& from, bool indirect, const Raw* flat) {
  task_ = nullptr;
  bool enters = type().result && caller_.root.plan().types.contents(*type().result).pointer;
  bool waits = enters && !caller_.root.may_nest(caller_);
  if (type().result && !waits && call_.passes && &caller_ != &from.instance()) {
    AbiContext to(&caller_, &lowered_.options, caller_.root.copy_budget());
    Passage passage(caller_.root, from, to);
    passage.result(*type().result, indirect, flat, call_.signature.indirect_result, out_address(),
                   &flat_result_);
    if (!passage.ok()) return passage.take_trap();
  } else if (type().result) {
    Transfer transfer(caller_.root);
    Value value = transfer.lift_result(from, *type().result, indirect, flat);
    if (!from.ok()) return from.take_trap();
    if (waits) {
      held_back_ = std::make_unique<Value>(std::move(value));
    } else if (Trap trap = lower(value)) {
      return trap;
    }
  }
  progress(State::returned);
  return {};
}

Trap GuestSubtask::lower(Value& value) {
  AbiContext to(&caller_, &lowered_.options, caller_.root.copy_budget());
  Transfer transfer(caller_.root);
  transfer.lower_result(to, *type().result, value, call_.signature.indirect_result, out_address(),
                        &flat_result_);
  return to.take_trap();
}

OrTrap<void> GuestSubtask::lower_late() {
  if (!held_back_) return {};
  return lower(*std::exchange(held_back_, nullptr));
}

void GuestSubtask::cancelled() {
  task_ = nullptr;
  progress(state() == State::starting ? State::cancelled_before_started
                                      : State::cancelled_before_returned);
}

void GuestSubtask::ask_to_end() {
  if (task_) scheduler().cancel(*task_);
}

Trap call_by_task(const Lowered& lowered, ComponentInstance& caller, Raw* values) {
  Instance& root = caller.root;
  Scheduler& scheduler = *root.scheduler();
  const Lifted& lifted =
      root.plan().lifted[std::get<LiftedId>(std::get<LoweredCall>(lowered.what).callee).index];
  auto subtask = std::make_unique<GuestSubtask>(scheduler, caller, lowered, values);
  auto task =
      std::make_unique<Task>(root.component(lifted.options.instance), &lifted, subtask.get());
  bool is_async = task->is_async();
  subtask->set_task(task.get());
  scheduler.start(std::move(task));
  if (scheduler.failed()) return Trap::cancelled();

  if (lowered.options.async) {
    if (!subtask->resolved()) return add_subtask(caller, std::move(subtask), values);
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
