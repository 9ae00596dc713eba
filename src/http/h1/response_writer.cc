#include "http/h1/response_writer.h"

#include <algorithm>

namespace weir::http::h1 {
namespace {

// What is gathered for one write. A client that does not read costs twice as much: here, and in the
// kernel.
constexpr size_t kBatch = 64 << 10;
// Slices below this are copied behind each other.
constexpr size_t kSmallSlice = 4096;
// How much one connection moves before others get their turn.
constexpr uint64_t kTurn = 1 << 20;
// Informational responses that wait for a client that does not read.
constexpr size_t kMostInformational = 16 << 10;

}  // namespace

void ResponseWriter::inform(const Informational& response) {
  if (output_.size() > kMostInformational) return;
  append_informational(output_.text(), response);
}

bool ResponseWriter::begin(Response response, const Terms& terms) {
  body_ = std::move(response.body);
  takes_trailers_ = terms.takes_trailers;
  ended_ = failed_ = blocked_ = false;
  left_ = sent_ = 0;
  trailers_.clear();
  std::optional<uint64_t> length = body_->length();
  HeadTerms head;
  head.date = terms.date;
  head.close = !terms.keep_alive;
  if (terms.tunnel) {
    framing_ = Framing::none;
    head.close = false;
    head.switches = response.status == 101;
  } else if (terms.to_head || response.status == 304) {
    framing_ = Framing::none;
    head.describes = response.status != 204;
    if (terms.to_head && length && *length > 0 && response.status != 204) head.length = length;
  } else if (response.status == 204) {
    framing_ = Framing::none;
  } else if (response.status == 205) {
    framing_ = Framing::none;
    head.length = 0;
  } else if (length) {
    framing_ = Framing::length;
    head.length = left_ = *length;
  } else if (!terms.http_1_0) {
    framing_ = Framing::chunked;
  } else {
    framing_ = Framing::until_close;
    head.close = true;
  }
  head.framing = framing_;
  head.keep_alive_1_0 = terms.http_1_0 && !head.close && !terms.tunnel;
  append_response_head(output_.text(), response, head);
  return !head.close;
}

void ResponseWriter::take(Bytes data) {
  sent_ += data.size();
  bool chunked = framing_ == Framing::chunked;
  if (chunked) append_chunk_size(output_.text(), data.size());
  if (data.size() >= kSmallSlice) {
    output_.set_slice(std::move(data), chunked ? "\r\n" : "");
  } else {
    output_.text() += data.view();
    if (chunked) output_.text() += "\r\n";
  }
}

ResponseWriter::Gathered ResponseWriter::gather(Waiter& body_waiter) {
  uint64_t dropped = 0;
  const size_t batch = output_.batch(kBatch);
  while (!output_.has_slice() && output_.size() < batch) {
    // One byte more than may come shows a body that is too long.
    size_t max = batch - output_.size();
    if (framing_ == Framing::length) max = std::min<uint64_t>(max, left_ + 1);
    Body::Frame frame = body_->poll(max, &body_waiter);
    switch (frame.state) {
      case Body::State::pending:
        return Gathered::pending;
      case Body::State::error:
        return Gathered::failed;
      case Body::State::trailers:
        if (framing_ == Framing::chunked && takes_trailers_)
          append_trailers(trailers_, frame.trailers);
        break;
      case Body::State::end:
        if (framing_ == Framing::length && left_ > 0) return Gathered::failed;
        if (framing_ == Framing::chunked) {
          output_.append_last("0\r\n");
          output_.append_last(trailers_);
          output_.append_last("\r\n");
        }
        return Gathered::end;
      case Body::State::data:
        if (framing_ == Framing::none) {
          // Content that may not be sent is read away, so that its producer ends well.
          dropped += frame.data.size();
          if (dropped < kTurn) break;
          body_waiter.wake();
          return Gathered::pending;
        }
        if (framing_ == Framing::length) {
          if (frame.data.size() > left_) return Gathered::failed;
          left_ -= frame.data.size();
        }
        take(std::move(frame.data));
        break;
    }
  }
  return Gathered::some;
}

ResponseWriter::Progress ResponseWriter::pump(io::Stream& stream, Waiter& body_waiter,
                                              Waiter& write_waiter) {
  if (blocked_) return stalled(body_waiter);
  uint64_t until = output_.total_written() + kTurn;
  while (true) {
    Gathered gathered = ended_ ? Gathered::end : failed_ ? Gathered::failed : gather(body_waiter);
    ended_ = gathered == Gathered::end;
    failed_ = gathered == Gathered::failed;
    // What came before a failure is the client's.
    OutputBuffer::Flush flushed = output_.flush(stream, write_waiter);
    if (flushed == OutputBuffer::Flush::broken) return Progress::broken;
    blocked_ = flushed == OutputBuffer::Flush::pending;
    if (blocked_) return stalled(body_waiter);
    if (failed_) return Progress::failed;
    if (ended_) return Progress::complete;
    if (gathered == Gathered::pending) return Progress::body_pending;
    if (output_.total_written() >= until) {
      write_waiter.wake();
      return Progress::body_pending;
    }
  }
}

ResponseWriter::Progress ResponseWriter::stalled(Waiter& body_waiter) {
  bool failing = failed_ || (!ended_ && body_->failure(&body_waiter));
  return failing ? Progress::failing : Progress::socket_full;
}

void ResponseWriter::abort(ErrorCode code) {
  if (body_) body_->abort(std::move(code));
  body_.reset();
}

void ResponseWriter::clear() {
  body_.reset();
  if (!trailers_.empty()) {
    trailers_.clear();
    trailers_.shrink_to_fit();
  }
  output_.clear();
}

}  // namespace weir::http::h1
