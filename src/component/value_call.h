#pragma once

#include <span>

#include "component/host/or_trap.h"
#include "component/value.h"

namespace weir::component {

// In a job: calls an export with values that fit its type, which tools find by looking at it.
// Answers its result, or an empty value where it has none.
OrTrap<Value> call_values(Instance& instance, ExportId id, std::span<Value> arguments);

}  // namespace weir::component
