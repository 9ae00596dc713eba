#pragma once

#include <span>
#include <string>
#include <string_view>

#include "http/h1/buffer_pool.h"
#include "io/stream.h"
#include "util/byte_budget.h"

namespace weir::http::h1 {

// Bytes that were read from a connection and not used yet. Holds no memory once it is found empty.
class InputBuffer {
 public:
  // Both outlive it.
  InputBuffer(BufferPool& pool, ByteBudget& budget) : pool_(pool), share_(budget) {}
  ~InputBuffer() { release(); }

  std::string_view pending() const { return std::string_view(bytes_).substr(used_); }
  bool empty() const { return used_ == bytes_.size(); }
  void consume(size_t count) { used_ += count; }
  // Keeps nothing for an empty buffer.
  void release_if_empty() {
    if (empty() && bytes_.capacity() > std::string().capacity()) release();
  }
  // Forgets everything.
  void release();
  // Everything, which is gone from here then; and back into an empty one.
  std::string take();
  void put_back(std::string bytes);

  enum class Fill { more, pending, starved, end, broken };
  // Reads once from `stream` by way of `scratch`. `pending`: `waiter` is woken when there is more.
  // `starved`: the process holds too many bytes already; nothing was read, nobody will be woken.
  Fill fill(io::Stream& stream, std::span<uint8_t> scratch, Waiter* waiter);

 private:
  BufferPool& pool_;
  std::string bytes_;
  size_t used_ = 0;
  BudgetShare share_;
};

}  // namespace weir::http::h1
