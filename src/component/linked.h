#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "component/component.h"
#include "component/link.h"
#include "component/plan.h"
#include "engine/host_func.h"
#include "engine/module.h"

namespace weir::component {

// A component joined to its host: a plan and what the engine prepared for it. Immutable, shared by
// threads. The `Linker` and the engine must outlive it.
class Linked {
 public:
  // The error names every missing or mismatched import.
  static Result<std::shared_ptr<const Linked>> link(engine::Engine& engine,
                                                    std::shared_ptr<const Component> component,
                                                    const Linker& host,
                                                    const LinkOptions& options = {});

  // As `find_export` of its plan.
  std::optional<ExportId> find(std::string_view interface, std::string_view function) const;

  const Plan& plan() const { return plan_; }
  const Component& component() const { return *component_; }

  // For an instance that is reset: the steps that run again, which are those of start functions.
  const std::vector<Step>& restart_steps() const { return restart_steps_; }
  // Whether one can be reset: nothing is asynchronous, and nothing that is instantiated on demand
  // has a start function, which would have to run on demand again.
  bool renewable() const { return renewable_; }
  // Whether every core instance is made before the first start function runs.
  bool starts_last() const { return starts_last_; }

  const engine::HostFuncs& functions() const { return *functions_; }
  // The id in `functions()` of a lowered function is its index.
  static uint32_t function_id(LoweredId id) { return id.index; }

  const engine::Module& module(CoreInstanceId id) const {
    return component_->modules()[plan_.core_instances[id.index].module.index];
  }
  // Null where a core instance imports something other than lowered functions.
  const engine::InstancePre* prepared(CoreInstanceId id) const {
    const engine::InstancePre& pre = prepared_[id.index];
    return pre ? &pre : nullptr;
  }
  // Where an export that the plan mentions lies in its module.
  engine::ExportId export_id(const CoreExport& item) const {
    return exports_[plan_.core_instances[item.instance.index].module.index][item.index];
  }

 private:
  Linked() = default;

  Result<void> prepare(engine::Engine& engine);
  Result<void> resolve(const CoreExport& item);
  void find_restart();

  std::shared_ptr<const Component> component_;
  Plan plan_;
  std::vector<Step> restart_steps_;
  bool renewable_ = false, starts_last_ = true;
  std::unique_ptr<engine::HostFuncs> functions_;
  std::vector<engine::InstancePre> prepared_;
  // By module, then by position among its exports; the start function comes last. Null where the
  // plan mentions none.
  std::vector<std::vector<engine::ExportId>> exports_;
};

}  // namespace weir::component
