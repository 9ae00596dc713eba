#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace weir::crypto {

using Sha256 = std::array<uint8_t, 32>;
using Sha512 = std::array<uint8_t, 64>;

// SHA-256 (FIPS 180-4) of the pieces one after the other.
Sha256 sha256(std::span<const std::span<const uint8_t>> pieces);
Sha256 sha256(std::span<const uint8_t> data);

// SHA-512 (FIPS 180-4).
Sha512 sha512(std::span<const uint8_t> data);

}  // namespace weir::crypto
