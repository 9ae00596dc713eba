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
  wake();
}

void WaitableSet::wake() {
  // All of them: the first may need a lock that it cannot have.
  for (Thread* t = waiting_.front(); t; t = waiting_.next(*t)) scheduler_.consider(*t);
}

OrTrap<Event> WaitableSet::take_event() {
  Waitable* first = ready_.front();
  if (OpenChoice* choice = scheduler_.open_choice()) first = choice->of(ready_);
  OrTrap<Event> event = first->take_event();
  if (has_event()) wake();
  return event;
}

}  // namespace weir::component
