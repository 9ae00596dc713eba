#pragma once

#include <cstdint>
#include <span>

namespace weir::wasi {

// Where a guest's stdout or stderr goes. Takes everything at once and never blocks; what it cannot
// keep within its bounds it drops, and says so to whoever reads.
class OutputSink {
 public:
  virtual ~OutputSink() = default;
  virtual void write(std::span<const uint8_t> bytes) = 0;
};

}  // namespace weir::wasi
