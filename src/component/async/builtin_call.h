#pragma once

#include "component/abi_context.h"
#include "component/async/async_state.h"
#include "component/async/scheduler.h"
#include "component/instance.h"

namespace weir::component {

// What a built-in is called with. Only the *.cc files of the built-ins include it.
struct BuiltinFrame {
  BuiltinFrame(const void* env, engine::Store& store)
      : lowered(*static_cast<const Lowered*>(env)),
        call(std::get<BuiltinCall>(lowered.what)),
        instance(store.owner_as<ComponentInstance>()),
        scheduler(*instance.root.scheduler()) {}

  const Running& running() const { return scheduler.running(); }
  AsyncState& state() const { return *instance.async; }

  const Lowered& lowered;
  const BuiltinCall& call;
  ComponentInstance& instance;
  Scheduler& scheduler;
};

inline Trap unknown_handle(uint32_t index) {
  return guest_fault("unknown handle index " + std::to_string(index));
}

// No handle at `index`, or one of another kind.
inline Trap wrong_handle(ComponentInstance& instance, uint32_t index, const char* wanted) {
  if (!instance.handles.find(index)) return unknown_handle(index);
  return guest_fault("handle index " + std::to_string(index) + " is not a " + wanted);
}

}  // namespace weir::component
