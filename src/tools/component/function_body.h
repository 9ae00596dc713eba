#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "util/result.h"

namespace weir::tools {

// A function body with each function that it refers to replaced by `map(function)`, and a call of
// the function `prefix` in front. Knows the instructions that compilers use without tables,
// threads, vectors, exceptions and garbage collection; refuses others.
Result<std::vector<uint8_t>> rewrite_body(std::span<const uint8_t> body,
                                          std::optional<uint32_t> prefix,
                                          const std::function<uint32_t(uint32_t)>& map);

}  // namespace weir::tools
