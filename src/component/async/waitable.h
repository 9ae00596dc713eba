#pragma once

#include "component/async/chain.h"
#include "component/async/event.h"
#include "component/async/table_item.h"
#include "component/host/or_trap.h"

namespace weir::component {

class Scheduler;
class Thread;
class WaitableSet;

struct SetMember;
struct SetReady;

// A subtask or an end of a stream or future: something that events happen to (CanonicalABI.md,
// "Waitable State"). At most one event is pending; a later one takes its place.
class Waitable : public TableItem, public ChainNode<SetMember>, public ChainNode<SetReady> {
 public:
  Waitable(Kind kind, Scheduler& scheduler) : TableItem(kind), scheduler_(scheduler) {}
  ~Waitable() override;

  bool has_event() const { return pending_; }
  // Takes the pending event; what it stands for has then been delivered. On a fiber, since that
  // may lower results. The trap is the fault of the guest it is delivered to.
  OrTrap<Event> take_event();

  WaitableSet* set() const { return set_; }
  // Null takes it out of the one that it is in.
  void join(WaitableSet* set);

  // A thread that waits for this alone.
  Thread* sync_waiter() const { return sync_waiter_; }
  void set_sync_waiter(Thread* thread) { sync_waiter_ = thread; }

  // The handle, once it has one.
  uint32_t index = 0;

 protected:
  // Something has happened: wakes who waits for it.
  void set_event();
  virtual OrTrap<Event> deliver() = 0;
  Scheduler& scheduler() const { return scheduler_; }

 private:
  Scheduler& scheduler_;
  WaitableSet* set_ = nullptr;
  Thread* sync_waiter_ = nullptr;
  bool pending_ = false;
};

}  // namespace weir::component
