#pragma once

#include <memory>

#include "component/async/host_tie.h"
#include "component/async/pooled.h"
#include "component/async/subtask.h"
#include "component/host/operation.h"

namespace weir::component {

class HostFunction;

// A call of a function of the host that goes on after it has returned.
class HostSubtask final : public Subtask,
                          public HostTie,
                          public Pooled<HostSubtask>,
                          private OperationListener {
 public:
  HostSubtask(Scheduler& scheduler, ComponentInstance& caller, const Lowered& lowered,
              const Raw* values, std::unique_ptr<HostOperation> operation, AbiContext& lender);
  ~HostSubtask() override;

 private:
  void operation_finished() override;
  void ask_to_end() override;
  OrTrap<void> lower_late() override;
  void abandon() override;

  std::unique_ptr<HostOperation> operation_;
};

// canon lower of a function of the host of asynchronous type.
Trap call_by_operation(const HostFunction& function, const Lowered& lowered,
                       ComponentInstance& caller, Raw* values);

}  // namespace weir::component
