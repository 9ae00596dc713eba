#include "http/body.h"

#include <cstring>

namespace weir::http {
namespace {

class BytesBody final : public Body {
 public:
  explicit BytesBody(Bytes bytes) : rest_(std::move(bytes)) {}

  Frame poll(size_t max, Waiter*) override {
    if (error_) return Frame::of_error(*error_);
    if (rest_.empty()) return Frame::of_end();
    return Frame::of_data(rest_.take(max));
  }
  void abort(ErrorCode code) override {
    if (!error_) error_ = std::move(code);
    rest_ = {};
  }
  std::optional<uint64_t> length() const override { return rest_.size(); }

 private:
  Bytes rest_;
  std::optional<ErrorCode> error_;
};

}  // namespace

size_t Body::poll_into(std::span<uint8_t> target, Frame& frame, Waiter* waiter) {
  frame = poll(target.size(), waiter);
  if (frame.state != State::data) return 0;
  size_t count = frame.data.size();
  std::memcpy(target.data(), frame.data.data(), count);
  frame.data = {};
  return count;
}

const ErrorCode* Body::failure(Waiter*) { return nullptr; }

BodyPtr empty_body() { return std::make_unique<BytesBody>(Bytes()); }

BodyPtr bytes_body(Bytes bytes) { return std::make_unique<BytesBody>(std::move(bytes)); }

}  // namespace weir::http
