#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace weir::host {

using Sha256 = std::array<uint8_t, 32>;

// SHA-256 (FIPS 180-4) of the pieces one after the other.
Sha256 sha256(std::span<const uint8_t> data);
Sha256 sha256(std::span<const std::span<const uint8_t>> pieces);

// Lower-case hexadecimal.
std::string hex(std::span<const uint8_t> bytes);

// A fast 64-bit checksum against damage (not against malice).
uint64_t checksum(std::span<const uint8_t> data);

// The same of data that comes piece by piece.
class Checksum {
 public:
  Checksum();
  ~Checksum();
  Checksum(const Checksum&) = delete;
  Checksum& operator=(const Checksum&) = delete;

  void add(std::span<const uint8_t> piece);
  // Of all pieces so far.
  uint64_t value() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::host
