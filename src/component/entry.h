#pragma once

#include "component/plan.h"
#include "engine/host_func.h"

namespace weir::component {

// The code that the engine calls for a lowered function; its `env` is the `Lowered`, and the owner
// of the calling store finds the `Instance`.
engine::HostFn entry_of(const Lowered& lowered);

}  // namespace weir::component
