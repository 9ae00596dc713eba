#pragma once

#include "component/async/pooled.h"
#include "component/async/thread.h"
#include "component/async/waitable.h"

namespace weir::component {

class ComponentInstance;

// CanonicalABI.md, "Waitable State". Events come out in the order in which they happened, unless
// the choice is made by a seed.
class WaitableSet final : public TableItem, public Pooled<WaitableSet> {
 public:
  static bool is(Kind kind) { return kind == Kind::waitable_set; }

  explicit WaitableSet(Scheduler& scheduler)
      : TableItem(Kind::waitable_set), scheduler_(scheduler) {}
  ~WaitableSet() override {
    while (Waitable* member = members_.front()) member->join(nullptr);
  }

  bool empty() const { return members_.empty(); }
  bool has_event() const { return !ready_.empty(); }
  // Only if `has_event()`, by a thread that no longer waits.
  OrTrap<Event> take_event();

  // The threads that wait for an event of any member.
  Chain<Thread, ThreadWaiting>& waiting() { return waiting_; }

 private:
  friend class Waitable;

  void mark_ready(Waitable& waitable);
  void wake();

  Scheduler& scheduler_;
  Chain<Waitable, SetMember> members_;
  Chain<Waitable, SetReady> ready_;
  Chain<Thread, ThreadWaiting> waiting_;
};

// There is no such set.
Trap no_waitable_set(ComponentInstance& instance, uint32_t index);

}  // namespace weir::component
