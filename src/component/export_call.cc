#include "component/export_call.h"

namespace weir::component {

ExportCallBase::~ExportCallBase() {
  if (!instance_ || !task_) return;
  Task& task = *std::exchange(task_, nullptr);
  task.forget_caller();
  instance_->scheduler()->cancel(task);
  instance_->wake();
}

void ExportCallBase::begin(Instance& instance, ExportId id) {
  WEIR_ASSERT(!instance_);
  instance_ = &instance;
  id_ = id;
  if (!HostCall::is_for(instance, id)) {
    post_outcome(guest_fault("the export `" + instance.plan().exported[id.index].name +
                             "` is not a function of asynchronous type of the guest"));
    return;
  }
  instance.begin(*this);
}

void ExportCallBase::enter() {
  const Plan& plan = instance_->plan();
  const Lifted& lifted = plan.lifted[std::get<LiftedId>(plan.exported[id_.index].function).index];
  auto task = std::make_unique<Task>(instance_->component(lifted.options.instance), &lifted, this);
  task_ = task.get();
  instance_->scheduler()->start(std::move(task));
}

void ExportCallBase::cancel() {
  if (!instance_ || Runnable::linked()) return;
  if (!task_) {
    cancelled();
    return;
  }
  instance_->scheduler()->cancel(*task_);
  instance_->wake();
}

void ExportCallBase::fail(Trap trap) {
  task_ = nullptr;
  if (trap) {
    if (!Runnable::linked()) post_outcome(std::move(trap));
  } else {
    instance_ = nullptr;
    Runnable::unlink();
  }
}

Trap ExportCallBase::resolve(AbiContext& from, bool indirect, const Raw* flat) {
  task_ = nullptr;
  Trap trap = lift(from, indirect, flat);
  if (!trap) post_outcome({});
  return trap;
}

void ExportCallBase::cancelled() {
  task_ = nullptr;
  post_outcome(Trap::cancelled());
}

void ExportCallBase::post_outcome(Trap trap) {
  trap_ = std::move(trap);
  instance_->executor().post(static_cast<Runnable&>(*this));
}

void ExportCallBase::run() {
  Instance& instance = *std::exchange(instance_, nullptr);
  ChainNode<CallOfInstance>::unlink();
  instance.note_idle();
  deliver(std::move(trap_));
}

}  // namespace weir::component
