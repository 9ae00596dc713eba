#pragma once

#include "component/definitions.h"
#include "component/plan.h"

namespace weir::component {

// The direct route. Toolchains put small core modules between a guest and what it imports: their
// functions only forward to elements of a table, which another small module fills once the
// guest's memory exists. Here lowered functions find the memory by themselves, so such calls are
// bound straight to what the table will hold, and modules that nothing needs any more are not
// instantiated. It goes by what the modules do, not by how they look: tables are evaluated
// symbolically, and whatever is not understood stays as it is. Sets `direct` and
// `general_reason`.
void bind_directly(Plan& plan, const Decoded& component);

}  // namespace weir::component
