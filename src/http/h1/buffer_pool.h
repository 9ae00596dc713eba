#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace weir::http::h1 {

// Empty strings with some capacity, which the connections of a loop take in turns, so that an idle
// one holds none.
class BufferPool {
 public:
  // An empty string.
  std::string take() {
    if (free_.empty()) {
      std::string fresh;
      fresh.reserve(usual_capacity);
      return fresh;
    }
    std::string buffer = std::move(free_.back());
    free_.pop_back();
    return buffer;
  }
  // Takes back a buffer of any size and content.
  void give(std::string&& buffer) {
    if (buffer.capacity() < usual_capacity || buffer.capacity() > largest || free_.size() == most) {
      std::string().swap(buffer);
      return;
    }
    buffer.clear();
    free_.push_back(std::move(buffer));
    buffer = {};
  }

 private:
  static constexpr size_t usual_capacity = 2048;
  static constexpr size_t largest = 80 << 10;
  static constexpr size_t most = 16;
  std::vector<std::string> free_;
};

}  // namespace weir::http::h1
