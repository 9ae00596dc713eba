#pragma once

#include <cstdint>

#include "component/plan.h"
#include "engine/trap.h"

namespace weir::component {

class Instance;

// Runs a resource's destructor by a task of its own, on a stack of the component instance that
// defined the resource: for one that has code on another fiber now. Waits until it is over.
engine::Trap destroy_by_task(Instance& root, const Lifted& destructor, uint32_t rep);

}  // namespace weir::component
