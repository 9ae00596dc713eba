#include "http/h1/incoming_body.h"

#include "http/h1/request_reader.h"

namespace weir::http::h1 {

Body::Frame IncomingBody::poll(size_t max, Waiter* waiter) {
  Frame frame;
  if (reader_)
    reader_->poll(max, {}, frame, waiter);
  else if (last_state_ == State::end)
    frame = Frame::of_end();
  else
    frame = Frame::of_error(*error_);
  return frame;
}

size_t IncomingBody::poll_into(std::span<uint8_t> target, Frame& frame, Waiter* waiter) {
  if (reader_) return reader_->poll(target.size(), target, frame, waiter);
  frame = poll(target.size(), waiter);
  return 0;
}

void IncomingBody::abort(ErrorCode code) {
  if (!reader_) return;
  RequestReader& reader = *reader_;
  detach(Frame::of_error(std::move(code)));
  reader.dropped();
}

std::optional<uint64_t> IncomingBody::length() const {
  return reader_ ? reader_->decoder().left() : std::nullopt;
}

void IncomingBody::detach(Frame last) {
  reader_ = nullptr;
  last_state_ = last.state;
  error_ = std::move(last.error);
  waiters_.wake_all();
}

}  // namespace weir::http::h1
