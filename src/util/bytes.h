#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <utility>

namespace weir {

// A reference-counted, immutable slice of bytes. Copying shares, never copies
// the bytes; slicing is free. Counts are atomic, so a slice may travel to
// another thread.
class Bytes {
 public:
  Bytes() = default;
  Bytes(const Bytes& other) : block_(other.block_), data_(other.data_), size_(other.size_) {
    if (block_) block_->count.fetch_add(1, std::memory_order_relaxed);
  }
  Bytes(Bytes&& other) noexcept
      : block_(std::exchange(other.block_, nullptr)),
        data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  Bytes& operator=(Bytes other) noexcept {
    std::swap(block_, other.block_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Bytes() { release(); }

  // A new block that holds a copy of `source`.
  static Bytes copy(std::span<const uint8_t> source);
  static Bytes copy(std::string_view source);

  // Bytes that live for the whole program, such as a literal. Nothing is copied
  // or counted.
  static Bytes borrow_static(std::string_view literal);

  // A new block of `size` bytes that `fill(uint8_t*)` writes at once.
  template <class Fill>
  static Bytes make(size_t size, Fill&& fill) {
    if (size == 0) return {};
    Block* block = allocate(size);
    uint8_t* data = reinterpret_cast<uint8_t*>(block + 1);
    fill(data);
    return Bytes(block, data, size);
  }

  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const uint8_t* begin() const { return data_; }
  const uint8_t* end() const { return data_ + size_; }
  std::span<const uint8_t> span() const { return {data_, size_}; }
  std::string_view view() const { return {reinterpret_cast<const char*>(data_), size_}; }

  // The part from `offset` of at most `count` bytes; shares the block.
  Bytes slice(size_t offset, size_t count = SIZE_MAX) const {
    Bytes part = *this;
    if (offset > size_) offset = size_;
    part.data_ += offset;
    part.size_ = std::min(count, size_ - offset);
    return part;
  }

  // Takes the first `count` bytes off this slice and returns them.
  Bytes take(size_t count) {
    Bytes first = slice(0, count);
    data_ += first.size_;
    size_ -= first.size_;
    return first;
  }

 private:
  struct alignas(16) Block {
    std::atomic<uint32_t> count;
  };
  Bytes(Block* block, const uint8_t* data, size_t size) : block_(block), data_(data), size_(size) {}

  static Block* allocate(size_t size);
  void release() {
    if (block_ && block_->count.fetch_sub(1, std::memory_order_acq_rel) == 1) free_block(block_);
  }
  static void free_block(Block* block);

  Block* block_ = nullptr;
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

inline std::span<const uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace weir
