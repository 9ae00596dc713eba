#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.h"

namespace weir::tools {

// Cuts an adapter down to the exports that are wanted and the functions and imports that these
// need. An adapter is a core module without elements and data, whose stack is still to be given to
// it: that is allocated with the main module's `main_realloc`, or by growing the memory where the
// main module has none (empty).
Result<std::vector<uint8_t>> trim_adapter(std::span<const uint8_t> bytes,
                                          const std::function<bool(std::string_view)>& wanted,
                                          const std::string& main_realloc);

}  // namespace weir::tools
