#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tools/deps/files.h"

namespace weir::tools::deps {

using Sha256 = std::array<uint8_t, 32>;
using Sha512 = std::array<uint8_t, 64>;

// Both digests of the same bytes (FIPS 180-4).
struct Digest {
  Sha256 sha256 = {};
  Sha512 sha512 = {};

  friend bool operator==(const Digest&, const Digest&) = default;
};

Digest digest_of(std::string_view bytes);

// The digest of a package that `deps.lock` records: that of the archive `tar_of` makes.
Digest digest_of(const Files& files);

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

}  // namespace weir::tools::deps
