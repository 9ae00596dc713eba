#include "component/async/subtask.h"

#include "component/async/scheduler.h"
#include "component/instance.h"

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

uint32_t Subtask::out_address() const {
  return call_.signature.indirect_result ? values_[call_.signature.params.size() - 1].u32 : 0;
}

void Subtask::progress(State state) {
  state_ = state;
  if (index != 0 || (sync_waiter() && resolved())) set_event();
  if (resolve_waiter_ && resolved()) resolve_waiter_->wake();
}

void Subtask::request_cancellation() {
  cancellation_requested_ = true;
  ask_to_end();
}

OrTrap<void> Subtask::deliver_resolve() {
  delivered_ = true;
  for (uint32_t i = 0; i < lends_.size(); ++i) caller_.handles.find(lends_[i])->lends -= 1;
  lends_.clear();
  return lower_late();
}

OrTrap<Event> Subtask::deliver() {
  if (resolved()) {
    OrTrap<void> done = deliver_resolve();
    if (!done.ok()) return std::move(done.trap());
  }
  return Event{EventCode::subtask, index, static_cast<uint32_t>(state_)};
}

Trap add_subtask(ComponentInstance& caller, std::unique_ptr<Subtask> subtask, Raw* values) {
  uint32_t index = caller.handles.add_item(std::move(subtask));
  if (index == 0) return guest_fault("too many handles");
  Subtask* added = caller.handles.item<Subtask>(index);
  added->index = index;
  values[0].u64 = static_cast<uint32_t>(added->state()) | uint64_t{index} << 4;
  return {};
}

}  // namespace weir::component
