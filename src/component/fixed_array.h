#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace weir::component {

// An array whose size is known when it is made. Up to `in_place` elements lie in it, more in one
// block. Elements need not be movable.
template <class T, size_t in_place>
class FixedArray {
 public:
  // `make(i)` gives the element `i`.
  template <class Make>
  FixedArray(size_t size, Make&& make) : size_(size) {
    if (size > in_place) {
      block_ = std::make_unique_for_overwrite<Slot[]>(size);
      data_ = block_.get();
    }
    for (size_t i = 0; i < size; ++i) new (&data_[i]) T(make(i));
  }
  explicit FixedArray(size_t size) : FixedArray(size, [](size_t) { return T(); }) {}
  ~FixedArray() {
    for (size_t i = size_; i > 0; --i) (*this)[i - 1].~T();
  }
  FixedArray(const FixedArray&) = delete;
  FixedArray& operator=(const FixedArray&) = delete;

  size_t size() const { return size_; }
  T& operator[](size_t i) { return *std::launder(reinterpret_cast<T*>(&data_[i])); }
  const T& operator[](size_t i) const {
    return *std::launder(reinterpret_cast<const T*>(&data_[i]));
  }

 private:
  struct alignas(T) Slot {
    std::byte bytes[sizeof(T)];
  };

  size_t size_;
  Slot* data_ = place_;
  std::unique_ptr<Slot[]> block_;
  Slot place_[in_place];
};

}  // namespace weir::component
