#pragma once

#include <cstdint>

namespace weir::engine {

// The linear memory that the stores of one request may have together. Made by whoever starts the
// request, given to each of its stores, used on one thread, and outlives those stores.
class MemoryLimit {
 public:
  explicit MemoryLimit(uint64_t limit_bytes) : limit_(limit_bytes) {}
  MemoryLimit(const MemoryLimit&) = delete;
  MemoryLimit& operator=(const MemoryLimit&) = delete;

  // Takes `bytes` more; false, and remembered as a refusal, if that is beyond the limit.
  bool take(uint64_t bytes) {
    if (bytes > limit_ - used_) {
      refused_ = true;
      return false;
    }
    used_ += bytes;
    if (used_ > peak_) peak_ = used_;
    return true;
  }
  void give_back(uint64_t bytes) { used_ -= bytes; }
  // Counts from here on.
  void forget_peak() { peak_ = used_; }
  void note_refusal() { refused_ = true; }

  uint64_t limit() const { return limit_; }
  uint64_t used() const { return used_; }
  uint64_t peak() const { return peak_; }
  // Whether a guest was ever refused memory.
  bool refused() const { return refused_; }

 private:
  uint64_t limit_;
  uint64_t used_ = 0;
  uint64_t peak_ = 0;
  bool refused_ = false;
};

}  // namespace weir::engine
