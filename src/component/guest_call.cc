#include "component/guest_call.h"

#include "component/instance.h"

namespace weir::component {
namespace {

const Lifted* lifted_of(const Plan& plan, ExportId id) {
  const auto* lifted = std::get_if<LiftedId>(&plan.exported[id.index].function);
  return lifted ? &plan.lifted[lifted->index] : nullptr;
}

ComponentInstance* instance_of(Instance& instance, const Lifted* lifted) {
  return lifted ? &instance.component(lifted->options.instance) : nullptr;
}

}  // namespace

GuestCall::GuestCall(Instance& instance, ExportId id)
    : instance_(instance),
      lifted_(lifted_of(instance.plan(), id)),
      abi_(instance_of(instance, lifted_), lifted_ ? &lifted_->options : nullptr,
           instance.copy_budget()) {
  abi_.set_borrow_scope(&scope_);
  if (!lifted_) {
    abi_.fail("the export `" + instance.plan().exported[id.index].name +
              "` is not a function of the guest");
  }
}

void GuestCall::call() {
  if (!abi_.ok()) return;
  frame_.emplace(instance_.scheduler(), abi_.instance(), lifted_);
  size_t count = std::max(lifted_->signature.params.size(), lifted_->signature.results.size());
  Trap trap = instance_.call_core(abi_.instance(), lifted_->core, flat_, count);
  if (trap) abi_.fail(std::move(trap));
  results_[0] = flat_[0];
}

const uint8_t* GuestCall::result(uint64_t size, uint32_t align) {
  return abi_.at(flat_[0].u32, size, align);
}

Trap GuestCall::finish() {
  if (!abi_.ok()) {
    instance_.poison();
    return abi_.take_trap();
  }
  if (scope_.borrows != 0) {
    instance_.poison();
    return guest_fault("borrow handles still remain at the end of the call");
  }
  if (!lifted_->options.post_return.valid()) return {};
  ComponentInstance& callee = abi_.instance();
  callee.may_leave = false;
  Trap trap = instance_.call_core(callee, lifted_->options.post_return, results_,
                                  lifted_->signature.results.size());
  callee.may_leave = true;
  return trap;
}

}  // namespace weir::component
