#pragma once

#include <cstdint>

namespace weir::wit {

// A range of bytes in a `SourceMap`, where the texts of all files lie one after another.
// What was decoded from a binary has no span.
struct Span {
  static constexpr uint32_t kUnknown = UINT32_MAX;

  uint32_t begin = kUnknown;
  uint32_t end = kUnknown;

  constexpr bool known() const { return begin != kUnknown; }
};

}  // namespace weir::wit
