#pragma once

#include <memory>
#include <vector>

#include "component/async/task.h"
#include "component/async/waitable.h"
#include "component/value.h"
#include "util/executor.h"

namespace weir::component {

// A call that a component instance makes of a function of asynchronous type, as the caller knows
// it (CanonicalABI.md, "Subtask State").
class Subtask final : public Waitable, public TaskCaller {
 public:
  enum class State : uint8_t {
    starting = 0,
    started = 1,
    returned = 2,
    cancelled_before_started = 3,
    cancelled_before_returned = 4,
  };
  static bool is(Kind kind) { return kind == Kind::subtask; }

  // `values` are the core arguments. They are copied if the call is lowered asynchronously, and
  // stay with the caller, which waits, otherwise.
  Subtask(Scheduler& scheduler, ComponentInstance& caller, const Lowered& lowered,
          const Raw* values);
  ~Subtask() override;

  void set_task(Task* task) { task_ = task; }
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

  Trap start(AbiContext& to, const Lifted& lifted, Raw* flat) override;
  Trap resolve(AbiContext& from, bool indirect, const Raw* flat) override;
  void cancelled() override;

 private:
  OrTrap<Event> deliver() override;
  const FuncType& type() const;
  Trap lower(Value& value);
  void progress(State state);

  ComponentInstance& caller_;
  const Lowered& lowered_;
  const LoweredCall& call_;
  Task* task_ = nullptr;
  Waiter* resolve_waiter_ = nullptr;
  State state_ = State::starting;
  bool cancellation_requested_ = false;
  bool delivered_ = false;
  const Raw* values_;
  Raw copies_[6];
  Raw flat_result_;
  std::vector<uint32_t> lends_;
  // A result that could not be lowered yet: nothing of the caller may run now.
  std::unique_ptr<Value> held_back_;
};

// canon lower of a function that a guest lifts, by a task of its own.
Trap call_by_task(const Lowered& lowered, ComponentInstance& caller, Raw* values);

}  // namespace weir::component
