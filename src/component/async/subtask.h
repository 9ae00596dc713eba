#pragma once

#include <memory>
#include <vector>

#include "component/async/waitable.h"
#include "component/lends.h"
#include "component/plan.h"
#include "engine/raw.h"
#include "util/executor.h"

namespace weir::component {

class AbiContext;
class ComponentInstance;

using engine::Raw;

// A call that a component instance makes of a function of asynchronous type, as the caller knows
// it (CanonicalABI.md, "Subtask State"). What is called, guest or host, makes the difference.
class Subtask : public Waitable {
 public:
  enum class State : uint8_t {
    starting = 0,
    started = 1,
    returned = 2,
    cancelled_before_started = 3,
    cancelled_before_returned = 4,
  };
  static bool is(Kind kind) { return kind == Kind::subtask; }

  ~Subtask() override;

  State state() const { return state_; }
  bool resolved() const { return state_ >= State::returned; }
  // The caller knows the outcome; nothing is lent any more.
  bool resolve_delivered() const { return delivered_; }
  OrTrap<void> deliver_resolve();
  bool cancellation_requested() const { return cancellation_requested_; }
  // Asks the callee to end; it may have done so when this returns.
  void request_cancellation();
  // Woken when it is resolved, beside whoever waits for its event.
  void set_resolve_waiter(Waiter* waiter) { resolve_waiter_ = waiter; }
  // Of a synchronous call whose result is a core value.
  const Raw& flat_result() const { return flat_result_; }

 protected:
  // `values` are the core arguments. They are copied if the call is lowered asynchronously, and
  // stay with the caller, which waits, otherwise.
  Subtask(Scheduler& scheduler, ComponentInstance& caller, const Lowered& lowered,
          const Raw* values);

  const FuncType& type() const;
  // Where the caller wants a result that is not a core value.
  uint32_t out_address() const;
  void progress(State state);
  // Tells the callee that the caller wants it to end.
  virtual void ask_to_end() = 0;
  // Lowers a result that could not be lowered before; on a fiber of the caller.
  virtual OrTrap<void> lower_late() = 0;

  ComponentInstance& caller_;
  const Lowered& lowered_;
  const LoweredCall& call_;
  const Raw* values_;
  Raw flat_result_;
  Lends lends_;

 private:
  OrTrap<Event> deliver() override;

  Waiter* resolve_waiter_ = nullptr;
  State state_ = State::starting;
  bool cancellation_requested_ = false;
  bool delivered_ = false;
  Raw copies_[6];
};

// Gives a subtask that has not resolved a handle; the answer of an asynchronous lower goes to
// `values`.
Trap add_subtask(ComponentInstance& caller, std::unique_ptr<Subtask> subtask, Raw* values);

}  // namespace weir::component
