#pragma once

#include "component/definitions.h"
#include "component/plan.h"

namespace weir::component {

// Moves the steps of core instances that only forward calls reach out of the way, to
// `Plan::deferred`: an adapter of an older interface is instantiated when its first function is
// called. Only those whose instantiation nobody else could notice.
void defer_adapters(Plan& plan, const Decoded& component);

}  // namespace weir::component
