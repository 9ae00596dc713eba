#include "component/async/waitable.h"

#include "component/async/scheduler.h"
#include "component/async/waitable_set.h"

namespace weir::component {

TableItem::~TableItem() = default;

Waitable::~Waitable() { join(nullptr); }

OrTrap<Event> Waitable::take_event() {
  WEIR_ASSERT(pending_);
  pending_ = false;
  ChainNode<SetReady>::unlink();
  return deliver();
}

void Waitable::join(WaitableSet* set) {
  ChainNode<SetMember>::unlink();
  ChainNode<SetReady>::unlink();
  set_ = set;
  if (!set) return;
  set->members_.push(*this);
  if (pending_) set->mark_ready(*this);
}

void Waitable::set_event() {
  pending_ = true;
  if (sync_waiter_) {
    scheduler_.consider(*sync_waiter_);
  } else if (set_) {
    set_->mark_ready(*this);
  }
}

void WaitableSet::mark_ready(Waitable& waitable) {
  if (!static_cast<ChainNode<SetReady>&>(waitable).linked()) ready_.push(waitable);
  if (Thread* thread = waiting_.front()) scheduler_.consider(*thread);
}

}  // namespace weir::component
