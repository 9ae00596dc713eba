#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace weir {

// Lower-case hexadecimal.
std::string hex(std::span<const uint8_t> bytes);

// Reads exactly `bytes.size()` bytes of hexadecimal, either case; false for anything else.
bool parse_hex_bytes(std::string_view text, std::span<uint8_t> bytes);

template <class Array>
std::optional<Array> parse_hex_array(std::string_view text) {
  Array bytes = {};
  if (!parse_hex_bytes(text, bytes)) return std::nullopt;
  return bytes;
}

}  // namespace weir
