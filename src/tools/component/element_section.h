#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "util/result.h"

namespace weir::tools {

// The content of a core module's element section, with each function that it mentions replaced by
// `map(function)`.
Result<std::vector<uint8_t>> rewrite_elements(std::span<const uint8_t> content,
                                              const std::function<uint32_t(uint32_t)>& map);

}  // namespace weir::tools
