#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "util/result.h"

namespace weir::tools {

// What a function body uses of its module beside functions, globals and the memory.
struct BodyUses {
  // Tables or element segments.
  bool tables = false;
  // Data segments.
  bool data = false;
};

// A function body with each function that it refers to replaced by `map(function)`, and a call of
// the function `prefix` in front. Knows the instructions that compilers use without threads,
// vectors, exceptions and garbage collection; refuses others. Adds to `uses`.
Result<std::vector<uint8_t>> rewrite_body(std::span<const uint8_t> body,
                                          std::optional<uint32_t> prefix,
                                          const std::function<uint32_t(uint32_t)>& map,
                                          BodyUses& uses);

}  // namespace weir::tools
