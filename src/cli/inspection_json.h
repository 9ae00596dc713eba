#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "component/definitions.h"
#include "component/plan.h"
#include "util/result.h"

namespace weir::cli {

// What `inspection` says, for programs: `weir inspect --format json`. Sizes are bytes; `problem` is
// why the component cannot be served, or null.
std::string inspection_json(std::string_view name, uint64_t size,
                            const component::Decoded& component,
                            const Result<component::Plan>& linked);

}  // namespace weir::cli
