#pragma once

#include <cstdint>
#include <memory>
#include <span>

namespace weir::host {

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
