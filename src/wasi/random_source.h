#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::wasi {

// Where random bytes come from. One thread.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  // Fills `target` with bytes fit for secrets.
  virtual void fill(std::span<uint8_t> target) = 0;

  uint64_t next();
};

// The kernel's generator, read through a small buffer so that a few bytes cost no system call.
// What has been handed out is wiped. Not shared by processes: make one after a fork.
class SystemRandom final : public RandomSource {
 public:
  void fill(std::span<uint8_t> target) override;

 private:
  std::array<uint8_t, 512> buffer_;
  size_t left_ = 0;
};

}  // namespace weir::wasi
