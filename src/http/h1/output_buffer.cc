#include "http/h1/output_buffer.h"

#include <algorithm>

namespace weir::http::h1 {

void OutputBuffer::clear() {
  written_ = 0;
  if (text_.capacity() > std::string().capacity()) pool_.give(std::move(text_));
  text_.clear();
  slice_ = {};
  after_.clear();
  share_.hold(0);
}

OutputBuffer::Flush OutputBuffer::flush(io::Stream& stream, Waiter& waiter) {
  while (true) {
    iovec parts[3];
    size_t count = 0;
    auto add = [&](const void* data, size_t size) {
      if (size) parts[count++] = {const_cast<void*>(data), size};
    };
    add(text_.data() + written_, text_.size() - written_);
    add(slice_.data(), slice_.size());
    add(after_.data(), after_.size());
    if (count == 0) {
      clear();
      return Flush::done;
    }
    io::IoResult result = stream.write({parts, count}, &waiter);
    if (result.state == io::IoResult::State::pending) {
      share_.hold(size());
      return Flush::pending;
    }
    if (result.state != io::IoResult::State::done) return Flush::broken;
    total_ += result.bytes;
    size_t moved = result.bytes;
    size_t part = std::min(moved, text_.size() - written_);
    written_ += part;
    moved -= part;
    part = std::min(moved, slice_.size());
    slice_.take(part);
    if (slice_.empty()) slice_ = {};
    after_.erase(0, moved - part);
  }
}

}  // namespace weir::http::h1
