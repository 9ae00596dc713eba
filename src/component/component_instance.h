#pragma once

#include <memory>
#include <optional>

#include "component/async/async_state.h"
#include "component/handle_table.h"
#include "component/plan.h"
#include "engine/store.h"

namespace weir::component {

class Instance;

// A component instance at run time. Its address is the owner of its store.
class ComponentInstance {
 public:
  ComponentInstance(Instance& root, InstanceId id, HandleLimit& limit)
      : root(root), id(id), handles(limit) {}

  Instance& root;
  const InstanceId id;
  HandleTable handles;
  // Not there if the instance owns no core instances.
  std::optional<engine::Store> store;
  // False while its realloc or post-return runs: it may call nothing then.
  bool may_leave = true;
  // There if something in the composition is asynchronous.
  std::unique_ptr<AsyncState> async;
};

// A trap that blames the guest.
inline engine::Trap guest_fault(std::string message) {
  return engine::Trap(engine::Trap::Kind::host, std::move(message));
}
inline engine::Trap cannot_leave() { return guest_fault("cannot leave component instance"); }

}  // namespace weir::component
