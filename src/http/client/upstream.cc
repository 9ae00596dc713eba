#include "http/client/upstream.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::http::client {
namespace {

using Kind = ErrorCode::Kind;

constexpr size_t kBatch = 64 << 10;

// Fields that this connection decides itself.
bool is_own(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "host",    "connection", "keep-alive",     "proxy-connection",
      "upgrade", "te",         "content-length", "transfer-encoding"};
  return std::any_of(std::begin(kNames), std::end(kNames),
                     [&](std::string_view own) { return same_name(own, name); });
}

}  // namespace

Upstream::Upstream(io::Loop& loop, std::unique_ptr<io::Stream> stream, Request request,
                   std::string_view host_field)
    : loop_(loop),
      stream_(std::move(stream)),
      request_(std::move(request)),
      writable_(loop, *this),
      body_ready_(loop, *this),
      between_bytes_(*this) {
  auto out = std::back_inserter(out_);
  std::string target = request_.target.empty() ? "/" : request_.target;
  if (target.front() == '?') target.insert(0, 1, '/');
  fmt::format_to(out, "{} {} HTTP/1.1\r\nHost: {}\r\n", request_.method, target, host_field);
  bool takes_trailers = false;
  for (size_t i = 0; i < request_.fields.size(); ++i) {
    auto [name, value] = request_.fields[i];
    if (same_name(name, "te")) takes_trailers = value.find("trailers") != std::string_view::npos;
    if (!is_own(name)) fmt::format_to(out, "{}: {}\r\n", name, value);
  }
  out_ += takes_trailers ? "TE: trailers\r\nConnection: close, TE\r\n" : "Connection: close\r\n";
  auto length = request_.body->length();
  chunked_ = !length;
  left_ = length.value_or(0);
  bool may_be_bare = request_.method == "GET" || request_.method == "HEAD" ||
                     request_.method == "OPTIONS" || request_.method == "DELETE" ||
                     request_.method == "TRACE" || request_.method == "CONNECT";
  if (chunked_)
    out_ += "Transfer-Encoding: chunked\r\n";
  else if (left_ > 0 || !may_be_bare)
    fmt::format_to(out, "Content-Length: {}\r\n", left_);
  out_ += "\r\n";
}

void Upstream::start(Waiter& event) {
  event_ = &event;
  pump();
}

void Upstream::close(ErrorCode code) {
  if (!error_) error_ = std::move(code);
  if (request_.body) request_.body->abort(*error_);
  // Wakes whoever waits for the socket.
  stream_->reset();
  if (event_) event_->wake();
}

// Moves the request's body to the socket until one of them has to wait.
void Upstream::pump() {
  while (!error_ && !sent_) {
    while (!ended_ && out_.size() - out_at_ < kBatch) {
      Body::Frame frame = request_.body->poll(kBatch, &body_ready_);
      if (frame.state == Body::State::pending) break;
      switch (frame.state) {
        case Body::State::data:
          if (chunked_) {
            fmt::format_to(std::back_inserter(out_), "{:x}\r\n{}\r\n", frame.data.size(),
                           frame.data.view());
          } else {
            if (frame.data.size() > left_) return close(Kind::http_request_body_size);
            left_ -= frame.data.size();
            out_ += frame.data.view();
          }
          break;
        case Body::State::trailers:
          if (chunked_) {
            out_ += "0\r\n";
            for (size_t i = 0; i < frame.trailers.size(); ++i)
              if (!is_own(frame.trailers[i].name))
                fmt::format_to(std::back_inserter(out_), "{}: {}\r\n", frame.trailers[i].name,
                               frame.trailers[i].value);
            out_ += "\r\n";
            chunked_ = false;
            left_ = 0;
          }
          break;
        case Body::State::end:
          if (chunked_) out_ += "0\r\n\r\n";
          if (left_ > 0) return close(Kind::http_request_body_size);
          ended_ = true;
          break;
        default:
          // A message that failed never looks complete.
          return close(frame.error.value_or(Kind::connection_terminated));
      }
    }
    bool had = out_at_ < out_.size();
    if (!flush()) return;
    if (ended_) sent_ = true;
    if (!had) return;
  }
}

bool Upstream::flush() {
  while (out_at_ < out_.size()) {
    iovec part{out_.data() + out_at_, out_.size() - out_at_};
    auto result = stream_->write({&part, 1}, &writable_);
    if (result.state == io::IoResult::State::pending) return false;
    if (result.state != io::IoResult::State::done) {
      // The peer may have answered before it closed: the reader finds out.
      sent_ = true;
      request_.body->abort(Kind::connection_terminated);
      return false;
    }
    out_at_ += result.bytes;
  }
  out_.clear();
  out_at_ = 0;
  return true;
}

bool Upstream::fill(Waiter* waiter) {
  if (eof_ || error_) return false;
  if (in_at_ == in_.size()) {
    in_.clear();
    in_at_ = 0;
  }
  size_t before = in_.size();
  in_.resize(before + kBatch);
  auto result = stream_->read({reinterpret_cast<uint8_t*>(in_.data()) + before, kBatch}, waiter);
  in_.resize(before + (result.state == io::IoResult::State::done ? result.bytes : 0));
  if (result.state == io::IoResult::State::done) {
    got_bytes_ = true;
    return true;
  }
  if (result.state != io::IoResult::State::pending) eof_ = true;
  return eof_;
}

std::optional<Result<h1::ResponseHead, ErrorCode>> Upstream::poll_head(Waiter& event) {
  while (true) {
    if (error_) return Err(*error_);
    std::string_view input = std::string_view(in_).substr(in_at_);
    auto end = h1::find_response_head_end(input, scanned_, {});
    if (!end.ok()) return Err(end.error());
    if (*end) {
      auto head = h1::parse_response_head(input.substr(0, *end), {});
      in_at_ += *end;
      scanned_ = 0;
      if (!head.ok()) return Err(head.error());
      if (head->status == 101) return Err(ErrorCode(Kind::http_upgrade_failed));
      if (head->informational()) continue;
      event_ = nullptr;
      framing_ = head->framing(request_.method);
      in_left_ = head->length.value_or(0);
      complete_ = framing_ == h1::ResponseFraming::none ||
                  (framing_ == h1::ResponseFraming::length && in_left_ == 0);
      return head;
    }
    if (eof_) return Err(ErrorCode(Kind::http_protocol_error));
    if (!fill(&event)) return std::nullopt;
  }
}

std::optional<uint64_t> Upstream::length_left() const {
  if (complete_ && framing_ != h1::ResponseFraming::chunked) return 0;
  if (framing_ == h1::ResponseFraming::length) return in_left_;
  return std::nullopt;
}

Body::Frame Upstream::poll_body(size_t max, Waiter* waiter) {
  while (true) {
    if (error_) return Body::Frame::of_error(*error_);
    if (complete_) {
      between_bytes_.disarm();
      if (!trailers_given_ && !decoder_.trailers().empty()) {
        trailers_given_ = true;
        return Body::Frame::of_trailers(std::move(decoder_.trailers()));
      }
      return Body::Frame::of_end();
    }
    std::string_view input = std::string_view(in_).substr(in_at_);
    std::string_view data;
    if (framing_ == h1::ResponseFraming::chunked) {
      std::string_view rest = input;
      auto step = decoder_.next(rest, data, max);
      in_at_ += input.size() - rest.size();
      if (step == h1::ChunkedDecoder::Step::bad) {
        close(Kind::http_protocol_error);
        continue;
      }
      if (step == h1::ChunkedDecoder::Step::end) {
        complete_ = true;
        continue;
      }
    } else if (!input.empty()) {
      size_t count = std::min(max, input.size());
      if (framing_ == h1::ResponseFraming::length) count = std::min<uint64_t>(count, in_left_);
      data = input.substr(0, count);
      in_at_ += count;
      if (framing_ == h1::ResponseFraming::length) {
        in_left_ -= count;
        complete_ = in_left_ == 0;
      }
    }
    if (!data.empty()) {
      between_bytes_.disarm();
      return Body::Frame::of_data(Bytes::copy(data));
    }
    if (eof_) {
      if (framing_ == h1::ResponseFraming::until_close)
        complete_ = true;
      else
        close(Kind::http_response_incomplete);
      continue;
    }
    if (!fill(waiter)) {
      if (!between_bytes_.armed()) arm_between_bytes();
      return Body::Frame::of_pending();
    }
  }
}

void Upstream::arm_between_bytes() {
  if (auto timeout = request_.options.between_bytes_timeout_ns)
    between_bytes_.arm(loop_, loop_.now() + std::max<uint64_t>(1, *timeout));
}

void Upstream::timed_out() { close(Kind::connection_read_timeout); }

}  // namespace weir::http::client
