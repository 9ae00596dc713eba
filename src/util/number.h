#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "util/result.h"

namespace weir {

// A decimal number of ASCII digits alone, at most `max`. No sign, no space, no
// empty text.
std::optional<uint64_t> parse_decimal(std::string_view text, uint64_t max = UINT64_MAX);

// A hexadecimal number of ASCII hex digits alone, at most `max`.
std::optional<uint64_t> parse_hex(std::string_view text, uint64_t max = UINT64_MAX);

// A duration in nanoseconds: `500ms`, `2s`, `1m`, `1h`, `10us`, `5ns`; a
// fraction as in `1.5s`. A bare number is seconds. The error says what is
// accepted.
Result<uint64_t> parse_duration(std::string_view text);

// A size in bytes: `4096`, `64KiB`, `10MiB`, `1GiB`, also `kB`, `MB`, `GB`
// (powers of ten) and `B`.
Result<uint64_t> parse_size(std::string_view text);

}  // namespace weir
