#pragma once

#include <memory>

#include "component/async/subtask.h"
#include "component/async/task.h"
#include "component/value.h"

namespace weir::component {

// A call of a function that another component instance lifts, by a task of its own.
class GuestSubtask final : public Subtask, public TaskCaller, public Pooled<GuestSubtask> {
 public:
  GuestSubtask(Scheduler& scheduler, ComponentInstance& caller, const Lowered& lowered,
               const Raw* values)
      : Subtask(scheduler, caller, lowered, values) {}
  ~GuestSubtask() override;

  void set_task(Task* task) { task_ = task; }

  Trap start(AbiContext& to, const Lifted& lifted, Raw* flat) override;
  Trap resolve(AbiContext& from, bool indirect, const Raw* flat) override;
  void cancelled() override;

 private:
  void ask_to_end() override;
  OrTrap<void> lower_late() override;
  Trap lower(Value& value);

  Task* task_ = nullptr;
  // A result that could not be lowered yet: nothing of the caller may run now.
  std::unique_ptr<Value> held_back_;
};

// canon lower of a function that a guest lifts, by a task of its own.
Trap call_by_task(const Lowered& lowered, ComponentInstance& caller, Raw* values);

}  // namespace weir::component
