#include "component/async/host_subtask.h"

#include "component/async/scheduler.h"
#include "component/host/linker.h"
#include "component/instance.h"

namespace weir::component {

HostOperation::~HostOperation() = default;
bool HostOperation::cancel() { return true; }

HostSubtask::HostSubtask(Scheduler& scheduler, ComponentInstance& caller, const Lowered& lowered,
                         const Raw* values, std::unique_ptr<HostOperation> operation,
                         AbiContext& lender)
    : Subtask(scheduler, caller, lowered, values), operation_(std::move(operation)) {
  lender.take_lends(lends_);
  scheduler.tie(*this);
  progress(State::started);
  operation_->set_listener(this);
  if (operation_->finished()) operation_finished();
}

HostSubtask::~HostSubtask() = default;

void HostSubtask::operation_finished() {
  ChainNode<HostTies>::unlink();
  if (operation_->trap()) {
    scheduler().fail(std::move(operation_->trap()));
  } else {
    progress(State::returned);
  }
  scheduler().root().wake();
}

void HostSubtask::ask_to_end() {
  if (!operation_->cancel()) return;
  WEIR_ASSERT(!operation_->finished());
  ChainNode<HostTies>::unlink();
  operation_.reset();
  progress(State::cancelled_before_returned);
}

OrTrap<void> HostSubtask::lower_late() {
  if (state() != State::returned) return {};
  std::unique_ptr<HostOperation> operation = std::move(operation_);
  AbiContext to(&caller_, &lowered_.options, caller_.root.copy_budget());
  operation->lower(to, call_.signature.indirect_result, out_address(), &flat_result_);
  return to.take_trap();
}

void HostSubtask::abandon() { operation_.reset(); }

Trap call_by_operation(const HostFunction& function, const Lowered& lowered,
                       ComponentInstance& caller, Raw* values) {
  AbiContext abi(&caller, &lowered.options, caller.root.copy_budget());
  Call call(caller.root, abi);
  std::unique_ptr<HostOperation> operation;
  if (Trap trap = function.begin(call, lowered.options.async, values, operation)) return trap;
  if (!operation) {
    if (lowered.options.async) values[0].u64 = static_cast<uint32_t>(Subtask::State::returned);
    return {};
  }
  Scheduler& scheduler = *caller.root.scheduler();
  auto subtask =
      std::make_unique<HostSubtask>(scheduler, caller, lowered, values, std::move(operation), abi);
  if (scheduler.failed()) return Trap::cancelled();
  if (lowered.options.async) {
    if (!subtask->resolved()) return add_subtask(caller, std::move(subtask), values);
    values[0].u64 = static_cast<uint32_t>(Subtask::State::returned);
  } else if (!subtask->resolved()) {
    if (Trap trap = scheduler.wait({Wait::Kind::subtask, nullptr, subtask.get()})) return trap;
  }
  OrTrap<void> done = subtask->deliver_resolve();
  if (!lowered.results.empty() && !lowered.options.async) values[0] = subtask->flat_result();
  return std::move(done.trap());
}

}  // namespace weir::component
