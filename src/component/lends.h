#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace weir::component {

// The indices of the handles that one call lends. A few lie in place; no memory is taken for those.
class Lends {
 public:
  void add(uint32_t index) {
    if (size_ < kInPlace) {
      in_place_[size_] = index;
    } else {
      if (!more_) more_ = std::make_unique<std::vector<uint32_t>>();
      more_->push_back(index);
    }
    ++size_;
  }
  bool empty() const { return size_ == 0; }
  uint32_t size() const { return size_; }
  uint32_t operator[](uint32_t i) const {
    return i < kInPlace ? in_place_[i] : (*more_)[i - kInPlace];
  }
  void clear() {
    size_ = 0;
    if (more_) more_->clear();
  }

 private:
  static constexpr uint32_t kInPlace = 6;

  uint32_t size_ = 0;
  uint32_t in_place_[kInPlace];
  std::unique_ptr<std::vector<uint32_t>> more_;
};

}  // namespace weir::component
