#pragma once

#include "component/async/task.h"
#include "component/plan.h"

namespace weir::component {

class Instance;

// A call of the host to an export of asynchronous type, in a job: others run while it waits for
// the result.
class HostCall : public TaskCaller {
 public:
  // Whether the export is one.
  static bool is_for(Instance& instance, ExportId id);

  HostCall(Instance& instance, ExportId id);
  HostCall(const HostCall&) = delete;
  HostCall& operator=(const HostCall&) = delete;

  // Null once there is a result.
  Trap run();

  Trap resolve(AbiContext& from, bool indirect, const Raw* flat) final;
  void cancelled() final { resolved_ = true; }

 protected:
  ~HostCall();
  virtual Trap lift(AbiContext& from, bool indirect, const Raw* flat) = 0;

  Instance& instance_;
  const ExportedFunction& exported_;

 private:
  bool started_ = false;
  bool resolved_ = false;
};

}  // namespace weir::component
