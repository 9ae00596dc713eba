#pragma once

#include <memory>
#include <optional>
#include <string>

#include "http/h1/chunked.h"
#include "http/h1/response_head.h"
#include "http/message.h"
#include "io/loop.h"
#include "io/stream.h"
#include "io/timer.h"

namespace weir::http::client {

// A connection that carries one request and its response. The request's body is sent while the
// response is read: `Upstream` keeps itself going by its waiters. Shared by the task that waits for
// the head and by the response's body; destroying it closes the connection.
class Upstream {
 public:
  Upstream(io::Loop& loop, std::unique_ptr<io::Stream> stream, Request request,
           std::string_view host_field);

  // Begins to send. `event` is woken when there may be something to read, or sending has failed.
  void start(Waiter& event);
  // The final response's head, once it is there; an error; or nothing yet.
  std::optional<Result<h1::ResponseHead, ErrorCode>> poll_head(Waiter& event);
  bool sent() const { return sent_; }

  // The response's content, after its head.
  Body::Frame poll_body(size_t max, Waiter* waiter);
  std::optional<uint64_t> length_left() const;
  void close(ErrorCode code);

 private:
  void pump();
  bool flush();
  // Reads what is there; false when nothing came.
  bool fill(Waiter* waiter);
  void arm_between_bytes();
  void timed_out();

  io::Loop& loop_;
  std::unique_ptr<io::Stream> stream_;
  Request request_;
  std::optional<ErrorCode> error_;
  io::MemberWaiter<&Upstream::pump, Upstream> writable_;
  io::MemberWaiter<&Upstream::pump, Upstream> body_ready_;
  Waiter* event_ = nullptr;
  io::MemberTimer<&Upstream::timed_out, Upstream> between_bytes_;

  std::string out_;
  size_t out_at_ = 0;
  bool chunked_ = false;
  bool ended_ = false;
  bool sent_ = false;
  uint64_t left_ = 0;

  std::string in_;
  size_t in_at_ = 0;
  size_t scanned_ = 0;
  bool eof_ = false;
  bool got_bytes_ = false;
  h1::ResponseFraming framing_ = h1::ResponseFraming::none;
  uint64_t in_left_ = 0;
  h1::ChunkedDecoder decoder_;
  bool complete_ = false;
  bool trailers_given_ = false;
};

}  // namespace weir::http::client
