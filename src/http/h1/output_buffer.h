#pragma once

#include <string>

#include "http/h1/buffer_pool.h"
#include "io/stream.h"
#include "util/byte_budget.h"
#include "util/bytes.h"

namespace weir::http::h1 {

// Bytes on their way to a connection: text, then at most one slice that is not copied, then what
// follows it. Holds no memory while it is empty.
class OutputBuffer {
 public:
  // Both outlive it.
  OutputBuffer(BufferPool& pool, ByteBudget& budget) : pool_(pool), share_(budget) {}
  ~OutputBuffer() { clear(); }

  // To append to. Only while no slice is held.
  std::string& text() {
    if (text_.capacity() == std::string().capacity()) text_ = pool_.take();
    return text_;
  }
  // True until what follows the slice is written too: nothing may get before that.
  bool has_slice() const { return !slice_.empty() || !after_.empty(); }
  // Ends with `slice` (not empty) and `after` for now.
  void set_slice(Bytes slice, std::string_view after) {
    slice_ = std::move(slice);
    after_ = after;
  }
  // Text behind everything.
  void append_last(std::string_view text) {
    if (has_slice())
      after_ += text;
    else
      this->text() += text;
  }

  // How much it may hold of `wanted` bytes now, at least what every buffer may.
  size_t batch(size_t wanted) const { return share_.allows(0, wanted); }
  size_t size() const { return text_.size() - written_ + slice_.size() + after_.size(); }
  bool empty() const { return size() == 0; }
  // How many bytes have been written since the beginning.
  uint64_t total_written() const { return total_; }

  enum class Flush { done, pending, broken };
  // Writes as much as `stream` takes. `pending`: `waiter` is woken when it takes more.
  Flush flush(io::Stream& stream, Waiter& waiter);
  void clear();

 private:
  BufferPool& pool_;
  std::string text_;
  size_t written_ = 0;  // of `text_`
  Bytes slice_;
  std::string after_;
  uint64_t total_ = 0;
  BudgetShare share_;
};

}  // namespace weir::http::h1
