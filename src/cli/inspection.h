#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "component/definitions.h"
#include "component/plan.h"
#include "util/result.h"

namespace weir::cli {

// What `weir inspect` says of a component of `size` bytes: what world it is of, who made it, how it
// would be linked, what it takes and which grants it may need; or all that keeps it from being
// served. `linked` is what came of linking it with the host's interfaces.
std::string inspection(std::string_view name, uint64_t size, const component::Decoded& component,
                       const Result<component::Plan>& linked);

}  // namespace weir::cli
