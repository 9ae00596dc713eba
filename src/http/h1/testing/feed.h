#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "io/stream.h"

namespace weir::http::h1::testing {

// A peer that sends what it is given, `step` bytes at a time, each in a turn of its own, then
// waits; and that takes `takes` bytes of what is sent to it. Keeps nothing of either.
class Feed final : public io::Stream {
 public:
  // `bytes` outlives it.
  explicit Feed(std::string_view bytes, size_t step = SIZE_MAX, size_t takes = SIZE_MAX)
      : bytes_(bytes), step_(step), takes_(takes) {}

  io::IoResult read(std::span<uint8_t> target, Waiter* waiter) override {
    if (bytes_.empty() || std::exchange(paused_, false)) {
      if (waiter && bytes_.empty()) readers_.add(*waiter);
      if (waiter && !bytes_.empty()) waiter->wake();
      return {};
    }
    size_t count = std::min({target.size(), step_, bytes_.size()});
    std::memcpy(target.data(), bytes_.data(), count);
    bytes_.remove_prefix(count);
    given_ += count;
    paused_ = step_ != SIZE_MAX;
    return {io::IoResult::State::done, count, 0};
  }
  io::IoResult write(std::span<const iovec> source, Waiter* waiter) override {
    if (takes_ == 0) {
      if (waiter) writers_.add(*waiter);
      return {};
    }
    size_t count = 0;
    for (const iovec& part : source) {
      size_t size = std::min(part.iov_len, takes_ - count);
      if (kept_) kept_->append(static_cast<const char*>(part.iov_base), size);
      count += size;
    }
    takes_ -= count;
    return {io::IoResult::State::done, count, 0};
  }
  void watch_hang_up(Waiter*) override {}
  bool hung_up() const override { return false; }
  void shut_down_writes() override {}
  void reset() override {}

  // From now on `into`, which outlives it, gets what is sent to it.
  void keep(std::string& into) { kept_ = &into; }
  // How much has been read of it.
  size_t given() const { return given_; }

 private:
  std::string_view bytes_;
  const size_t step_;
  size_t takes_;
  size_t given_ = 0;
  bool paused_ = false;
  std::string* kept_ = nullptr;
  WaitList readers_, writers_;
};

}  // namespace weir::http::h1::testing
