#include "component/async/host_call.h"

#include "component/async/scheduler.h"
#include "component/instance.h"

namespace weir::component {

bool HostCall::is_for(Instance& instance, ExportId id) {
  if (!instance.scheduler()) return false;
  const ExportedFunction& exported = instance.plan().exported[id.index];
  return std::holds_alternative<LiftedId>(exported.function) &&
         instance.plan().types.func(exported.type).async;
}

HostCall::HostCall(Instance& instance, ExportId id)
    : instance_(instance), exported_(instance.plan().exported[id.index]) {}

HostCall::~HostCall() {
  // Its task would speak to a caller that is gone.
  if (started_ && !resolved_) instance_.scheduler()->fail(Trap::cancelled());
}

Trap HostCall::run() {
  const Lifted& lifted = instance_.plan().lifted[std::get<LiftedId>(exported_.function).index];
  started_ = true;
  instance_.scheduler()->start(
      std::make_unique<Task>(instance_.component(lifted.options.instance), &lifted, this));
  while (!resolved_) {
    if (Trap trap = instance_.let_others_run()) return trap;
  }
  return {};
}

Trap HostCall::resolve(AbiContext& from, bool indirect, const Raw* flat) {
  resolved_ = true;
  return lift(from, indirect, flat);
}

}  // namespace weir::component
