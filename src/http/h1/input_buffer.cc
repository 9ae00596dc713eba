#include "http/h1/input_buffer.h"

namespace weir::http::h1 {
namespace {

// Used bytes at the front are moved out of the way from here on.
constexpr size_t kCompactFrom = 32 << 10;

}  // namespace

void InputBuffer::release() {
  used_ = 0;
  share_.hold(0);
  if (bytes_.capacity() > std::string().capacity()) pool_.give(std::move(bytes_));
  bytes_.clear();
}

std::string InputBuffer::take() {
  std::string all = std::string(pending());
  release();
  return all;
}

void InputBuffer::put_back(std::string bytes) {
  bytes_ = std::move(bytes);
  used_ = 0;
  share_.hold(bytes_.size());
}

InputBuffer::Fill InputBuffer::fill(io::Stream& stream, std::span<uint8_t> scratch,
                                    Waiter* waiter) {
  size_t room = share_.allows(bytes_.size() - used_, scratch.size());
  if (room == 0) return Fill::starved;
  io::IoResult result = stream.read(scratch.first(room), waiter);
  switch (result.state) {
    case io::IoResult::State::pending:
      release_if_empty();
      return Fill::pending;
    case io::IoResult::State::end:
      return Fill::end;
    case io::IoResult::State::failed:
      return Fill::broken;
    case io::IoResult::State::done:
      break;
  }
  if (empty()) {
    bytes_.clear();
    used_ = 0;
  } else if (used_ > kCompactFrom) {
    bytes_.erase(0, used_);
    used_ = 0;
  }
  if (bytes_.capacity() == std::string().capacity()) bytes_ = pool_.take();
  bytes_.append(reinterpret_cast<const char*>(scratch.data()), result.bytes);
  share_.hold(bytes_.size());
  return Fill::more;
}

}  // namespace weir::http::h1
