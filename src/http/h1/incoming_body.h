#pragma once

#include "http/body.h"

namespace weir::http::h1 {

class RequestReader;

// A request's content as its handler holds it. It may outlive the connection.
class IncomingBody final : public Body {
 public:
  explicit IncomingBody(RequestReader& reader) : reader_(&reader) {}
  ~IncomingBody() override { abort(ErrorCode::Kind::connection_terminated); }

  Frame poll(size_t max, Waiter* waiter) override;
  size_t poll_into(std::span<uint8_t> target, Frame& frame, Waiter* waiter) override;
  void abort(ErrorCode code) override;
  std::optional<uint64_t> length() const override;

  // The connection goes on without it: what is polled from now on, forever.
  void detach(Frame last);
  bool awaited() const { return !waiters_.empty(); }
  void wake() { waiters_.wake_all(); }

 private:
  friend class RequestReader;
  RequestReader* reader_;
  State last_state_ = State::error;
  std::optional<ErrorCode> error_;
  WaitList waiters_;
};

}  // namespace weir::http::h1
