#pragma once

#include <algorithm>
#include <cstdint>

namespace weir::http::h1 {

// How long a request's content may keep its reader waiting: `timeout_ns` at a time, and as much in
// all, to which each byte that came adds what it may cost at the lowest rate. Time in which nobody
// waited does not count.
class ReadAllowance {
 public:
  // `min_rate`: bytes a second; 0 for no limit in all.
  void begin(uint64_t timeout_ns, uint64_t min_rate) {
    timeout_ = timeout_ns;
    total_ = timeout_ns;
    a_byte_ = min_rate ? 1'000'000'000 / min_rate : 0;
  }
  // How long the next wait may last.
  uint64_t next_wait() const { return a_byte_ ? std::min(timeout_, total_) : timeout_; }
  // A wait of `ns` brought `bytes`.
  void waited(uint64_t ns, uint64_t bytes) {
    total_ -= std::min(total_, ns);
    uint64_t gain = 0;
    if (__builtin_mul_overflow(bytes, a_byte_, &gain) ||
        __builtin_add_overflow(total_, gain, &total_))
      total_ = UINT64_MAX;
  }

 private:
  uint64_t timeout_ = 0;
  uint64_t total_ = 0;
  uint64_t a_byte_ = 0;
};

}  // namespace weir::http::h1
