#include "http/client/connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>

#include "http/client/tls_errors.h"
#include "http/h1/syntax.h"
#include "tls/stream.h"
#include "util/assert.h"

namespace weir::http::client {
namespace {

constexpr size_t kReadSize = 16 << 10;
constexpr size_t kWriteBatch = 64 << 10;
// Bodies above this are sent from where they lie.
constexpr size_t kCopied = 4096;
constexpr unsigned kMostInformational = 64;
// How long a body waits for a 100 that may never come (RFC 9110 section 10.1.1).
constexpr uint64_t kContinueWait = 1'000'000'000;

// Fields that the connection writes by itself, or that belong to another hop.
bool is_managed(std::string_view name) {
  static constexpr std::string_view names[] = {
      "host", "content-length",   "transfer-encoding", "connection", "keep-alive", "upgrade",
      "te",   "proxy-connection", "http2-settings"};
  return std::any_of(std::begin(names), std::end(names),
                     [&](std::string_view known) { return same_name(known, name); });
}

// Fields that must not stand in a trailer section (RFC 9110 section 6.5.1).
bool is_framing(std::string_view name) {
  return is_managed(name) || same_name(name, "trailer") || same_name(name, "content-encoding") ||
         same_name(name, "content-type") || same_name(name, "content-range");
}

bool asks_for_trailers(const Fields& fields) {
  bool asks = false;
  for (size_t i = 0; i < fields.size(); ++i) {
    auto [name, value] = fields[i];
    if (!same_name(name, "te")) continue;
    h1::for_each_element(value, [&](std::string_view element) {
      asks |= same_name(h1::trimmed(element.substr(0, element.find(';'))), "trailers");
    });
  }
  return asks;
}

bool expects_continue(const Fields& fields) {
  return same_name(fields.first("expect"), "100-continue");
}

// Whether every protocol of `chosen` is among those `offered`.
bool is_offered(std::string_view offered, std::string_view chosen) {
  bool all = true;
  h1::for_each_element(chosen, [&](std::string_view one) {
    bool found = false;
    h1::for_each_element(offered, [&](std::string_view other) { found |= same_name(one, other); });
    all &= found;
  });
  return all;
}

}  // namespace

Connection::Connection(io::Loop& loop, Made made, const h1::ResponseLimits& limits,
                       std::shared_ptr<Buffers> buffers, std::shared_ptr<void> permit)
    : loop_(loop),
      stream_(std::move(made.stream)),
      tls_(made.tls),
      address_(made.address),
      key_(std::move(made.key)),
      limits_(limits),
      buffers_(std::move(buffers)),
      permit_(std::move(permit)),
      read_event_(loop, *this),
      write_event_(loop, *this),
      alarm_(*this),
      out_(buffers_->pool, buffers_->budget),
      in_share_(buffers_->budget) {}

Connection::~Connection() {
  release_input();
  if (request_body_ && !body_done_) request_body_->abort(Kind::connection_terminated);
}

void Connection::send(const Destination& to, Request& request, const Waits& waits,
                      Waiter& changed) {
  WEIR_ASSERT(state_ == State::idle);
  state_ = State::head;
  waits_ = waits;
  changed_ = &changed;
  method_ = request.method;
  request_body_ = std::move(request.body);
  body_touched_ = received_ = closed_by_server_ = content_done_ = trailers_given_ = false;
  sent_all_ = body_done_ = false;
  scanned_ = 0;
  informational_ = 0;
  taken_ = 0;
  held_back_ = upgraded_ = false;
  head_.reset();
  upgrade_ = request.upgrade;
  informational_list_.clear();
  write_head(to, request);
  holding_ = !body_done_ && expects_continue(request.fields);
  arm(waits_.first_byte_ns);
  pump();
  if (state_ == State::head) read_head();
}

void Connection::write_head(const Destination& to, const Request& request) {
  auto length = request_body_->length();
  std::string& text = out_.text();
  auto out = std::back_inserter(text);
  text.reserve(160 + request.fields.accounted_size());
  fmt::format_to(out, "{} {} HTTP/1.1\r\nHost: {}\r\n", request.method, to.target, to.authority);
  for (size_t i = 0; i < request.fields.size(); ++i) {
    auto [name, value] = request.fields[i];
    // Nothing can be expected of a body that is not there (RFC 9110 section 10.1.1).
    if (is_managed(name) || (length == 0 && same_name(name, "expect"))) continue;
    text += name;
    text += ": ";
    text += value;
    text += "\r\n";
  }
  bool trailers = asks_for_trailers(request.fields);
  if (trailers) text += "TE: trailers\r\n";
  if (!upgrade_.empty()) fmt::format_to(out, "Upgrade: {}\r\n", upgrade_);
  if (trailers || !upgrade_.empty())
    fmt::format_to(out, "Connection: {}{}{}\r\n", trailers ? "TE" : "",
                   trailers && !upgrade_.empty() ? ", " : "", upgrade_.empty() ? "" : "upgrade");
  chunked_ = !length;
  declared_ = length.value_or(0);
  if (chunked_) {
    text += "Transfer-Encoding: chunked\r\n";
  } else if (declared_ > 0 || method_ == "POST" || method_ == "PUT" || method_ == "PATCH") {
    fmt::format_to(out, "Content-Length: {}\r\n", declared_);
  }
  text += "\r\n";
  // Nothing is asked of a body that is known to be empty: the request may be sent again.
  if (length && declared_ == 0) body_done_ = true;
}

std::string Connection::last_chunk(const Fields& trailers) {
  std::string text = "0\r\n";
  for (size_t i = 0; i < trailers.size(); ++i) {
    auto [name, value] = trailers[i];
    if (!is_framing(name)) fmt::format_to(std::back_inserter(text), "{}: {}\r\n", name, value);
  }
  return text += "\r\n";
}

// Takes from the request's body until there is enough to send. False: the exchange has failed.
bool Connection::gather() {
  const size_t batch = out_.batch(kWriteBatch);
  while (!body_done_ && !holding_ && !out_.has_slice() && out_.size() < batch) {
    body_touched_ = true;
    Body::Frame frame = request_body_->poll(batch, &write_event_);
    switch (frame.state) {
      case Body::State::pending:
        return true;
      case Body::State::error:
        body_done_ = true;
        fail(*frame.error);
        return false;
      case Body::State::trailers:
        if (!chunked_) break;
        out_.append_last(last_chunk(frame.trailers));
        body_done_ = true;
        break;
      case Body::State::end:
        if (!chunked_ && taken_ != declared_) {
          fail(ErrorCode(Kind::http_request_body_size, std::optional<uint64_t>(taken_)));
          return false;
        }
        if (chunked_) out_.append_last(last_chunk({}));
        body_done_ = true;
        break;
      case Body::State::data:
        taken_ += frame.data.size();
        if (!chunked_ && taken_ > declared_) {
          fail(ErrorCode(Kind::http_request_body_size, std::optional<uint64_t>(taken_)));
          return false;
        }
        if (chunked_)
          fmt::format_to(std::back_inserter(out_.text()), "{:x}\r\n", frame.data.size());
        if (frame.data.size() >= kCopied) {
          out_.set_slice(std::move(frame.data), chunked_ ? "\r\n" : "");
        } else {
          out_.text().append(frame.data.view());
          if (chunked_) out_.text() += "\r\n";
        }
        break;
    }
  }
  return true;
}

// Sends what is gathered; false while the socket is full.
bool Connection::flush() {
  const uint64_t before = out_.total_written();
  auto flushed = out_.flush(*stream_, write_event_);
  if (out_.total_written() != before) {
    write_blocked_ = false;
    if (state_ == State::head) {
      arm(waits_.first_byte_ns);
    } else if (waiting_) {
      arm(waits_.between_bytes_ns);
    } else {
      alarm_.disarm();
    }
  }
  switch (flushed) {
    case h1::OutputBuffer::Flush::done:
      return true;
    case h1::OutputBuffer::Flush::pending:
      if (!write_blocked_) arm(waits_.write_ns);
      write_blocked_ = true;
      return false;
    case h1::OutputBuffer::Flush::broken:
      break;
  }
  // The server may have answered before it closed: what it said is read first.
  body_done_ = true;
  if (request_body_ && body_touched_) request_body_->abort(Kind::connection_terminated);
  out_.clear();
  keep_alive_ = false;
  write_blocked_ = false;
  return true;
}

void Connection::pump() {
  if (state_ != State::head && state_ != State::content) return;
  while (!sent_all_) {
    // While the server does not read, nothing is asked of the body.
    if (write_blocked_ && !flush()) return;
    if (!gather()) return;
    bool had = !out_.empty();
    if (!flush()) return;
    if (body_done_) {
      sent_all_ = true;
      // A body that was read ends here; one that was not may be wanted again.
      if (body_touched_) request_body_.reset();
      if (state_ == State::head) arm(waits_.first_byte_ns);
      if (content_done_) wake_changed();
      return;
    }
    if (!had) {
      // The server is not to blame while the request's own body is awaited.
      if (holding_)
        arm(kContinueWait);
      else if (state_ == State::head)
        alarm_.disarm();
      return;
    }
  }
}

void Connection::release_input() {
  in_at_ = 0;
  in_share_.hold(0);
  if (in_.capacity() > std::string().capacity()) buffers_->pool.give(std::move(in_));
  in_.clear();
}

bool Connection::fill() {
  if (in_at_ == in_.size()) {
    in_.clear();
    in_at_ = 0;
  } else if (in_at_ > kReadSize) {
    in_.erase(0, in_at_);
    in_at_ = 0;
  }
  uint8_t buffer[kReadSize];
  // However little is left for all, a head may come as a whole: its size is limited.
  size_t room = std::max<size_t>(1024, in_share_.allows(in_.size() - in_at_, sizeof buffer));
  auto result = stream_->read({buffer, room}, &read_event_);
  switch (result.state) {
    case io::IoResult::State::done:
      if (in_.capacity() == std::string().capacity()) in_ = buffers_->pool.take();
      in_.append(reinterpret_cast<char*>(buffer), result.bytes);
      in_share_.hold(in_.size());
      return true;
    case io::IoResult::State::pending:
      if (in_at_ == in_.size()) release_input();
      return false;
    default:
      read_end_ = result.state == io::IoResult::State::end;
      ended_by_server(result.error);
      return false;
  }
}

// The server closed or broke the connection.
void Connection::ended_by_server(int error) {
  keep_alive_ = false;
  // What TLS refused, or was refused: for a client certificate only the first read tells.
  if (error == EPROTO && tls_) return fail(of_tls_failure(tls_->failure()));
  if (state_ == State::head) {
    closed_by_server_ = true;
    // Before any byte of it a close is no response at all; in the middle it is cut.
    if (received_) return fail(Kind::http_response_incomplete);
    return fail(error == 0 ? Kind::http_protocol_error : Kind::connection_terminated);
  }
  if (state_ != State::content) return;
  if (framing_ == h1::ResponseFraming::until_close && read_end_) return finish_content();
  fail(Kind::http_response_incomplete);
}

void Connection::read_head() {
  while (state_ == State::head) {
    std::string_view text = input();
    if (!text.empty()) {
      received_ = true;
      auto size = h1::find_response_head_end(text, scanned_, limits_);
      if (!size) return fail(std::move(size).error());
      if (*size > 0) {
        auto head = h1::parse_response_head(text.substr(0, *size), limits_);
        if (!head) return fail(std::move(head).error());
        in_at_ += *size;
        if (in_at_ == in_.size()) release_input();
        scanned_ = 0;
        if (head->status == 101) return take_upgrade(std::move(*head));
        if (!head->informational()) return take_final(std::move(*head));
        take_interim(std::move(*head));
        continue;
      }
    }
    if (!fill()) return;
    if (!write_blocked_ && sent_all_) arm(waits_.first_byte_ns);
  }
}

void Connection::take_interim(h1::ResponseHead head) {
  if (++informational_ > kMostInformational) return fail(Kind::http_protocol_error);
  if (head.status == 100) {
    if (!std::exchange(holding_, false)) return;
    alarm_.disarm();
    return pump();
  }
  head.fields.remove("content-length");
  informational_list_.push_back({head.status, std::move(head.fields)});
  if (changed_) changed_->wake();
}

void Connection::take_final(h1::ResponseHead head) {
  head_ = std::move(head);
  framing_ = head_->framing(method_);
  keep_alive_ = keep_alive_ && head_->keep_alive;
  left_ = head_->length.value_or(0);
  state_ = State::content;
  const bool goes_on = holding_ && head_->status / 100 == 2;
  if (goes_on) {
    // An answer that may need the body to go on.
    holding_ = false;
  } else if (holding_) {
    // The server has decided without the body, which it will not get; what it expects next on this
    // connection is uncertain.
    holding_ = false;
    held_back_ = body_done_ = sent_all_ = true;
    keep_alive_ = false;
  }
  if (!write_blocked_) alarm_.disarm();
  if (framing_ == h1::ResponseFraming::until_close) keep_alive_ = false;
  if (framing_ == h1::ResponseFraming::none ||
      (framing_ == h1::ResponseFraming::length && left_ == 0))
    finish_content();
  wake_changed();
  if (goes_on) pump();
}

void Connection::take_upgrade(h1::ResponseHead head) {
  if (upgrade_.empty() || !sent_all_) return fail(Kind::http_protocol_error);
  if (!is_offered(upgrade_, head.upgrade)) return fail(Kind::http_upgrade_failed);
  head_ = std::move(head);
  framing_ = h1::ResponseFraming::none;
  state_ = State::content;
  upgraded_ = content_done_ = true;
  keep_alive_ = false;
  alarm_.disarm();
  wake_changed();
}

Connection::Detached Connection::detach() {
  WEIR_ASSERT(upgraded_);
  read_event_.cancel();
  write_event_.cancel();
  state_ = State::failed;
  return {std::move(stream_), in_.substr(in_at_), std::move(permit_)};
}

void Connection::on_read() {
  if (state_ == State::head) return read_head();
  waiting_ = false;
  if (!write_blocked_) alarm_.disarm();
  readers_.wake_all();
}

void Connection::on_alarm() {
  if (write_blocked_) return fail(Kind::connection_write_timeout);
  if (holding_) {
    holding_ = false;
    return pump();
  }
  fail(Kind::connection_read_timeout);
}

void Connection::finish_content() {
  content_done_ = true;
  waiting_ = false;
  if (!write_blocked_) alarm_.disarm();
  readers_.wake_all();
}

void Connection::wake_changed() {
  if (changed_) std::exchange(changed_, nullptr)->wake();
}

void Connection::fail(ErrorCode code) {
  if (state_ == State::failed) return;
  state_ = State::failed;
  error_ = std::move(code);
  keep_alive_ = false;
  alarm_.disarm();
  read_event_.cancel();
  write_event_.cancel();
  if (!untouched() && request_body_) {
    if (!body_done_) request_body_->abort(error_);
    request_body_.reset();
  }
  body_done_ = sent_all_ = true;
  stream_.reset();
  readers_.wake_all();
  wake_changed();
}

std::optional<uint64_t> Connection::content_left() const {
  if (content_done_ || framing_ == h1::ResponseFraming::none) return 0;
  if (framing_ == h1::ResponseFraming::length) return left_;
  return std::nullopt;
}

size_t Connection::poll(size_t max, std::span<uint8_t> target, Body::Frame& frame, Waiter* waiter) {
  while (true) {
    if (state_ == State::failed) {
      frame = Body::Frame::of_error(error_);
      return 0;
    }
    if (content_done_) {
      if (!trailers_given_ && framing_ == h1::ResponseFraming::chunked &&
          !decoder_.trailers().empty()) {
        trailers_given_ = true;
        frame = Body::Frame::of_trailers(std::move(decoder_.trailers()));
      } else {
        frame = Body::Frame::of_end();
      }
      return 0;
    }
    std::string_view rest = input(), data;
    if (framing_ == h1::ResponseFraming::chunked) {
      size_t size = rest.size();
      auto step = decoder_.next(rest, data, max);
      in_at_ += size - rest.size();
      if (step == h1::ChunkedDecoder::Step::bad) {
        switch (decoder_.excess()) {
          case h1::ChunkedDecoder::Excess::none:
            fail(Kind::http_protocol_error);
            break;
          case h1::ChunkedDecoder::Excess::trailer:
            fail(Kind::http_response_trailer_size);
            break;
          case h1::ChunkedDecoder::Excess::trailers:
            fail(Kind::http_response_trailer_section_size);
            break;
        }
        continue;
      }
      if (step == h1::ChunkedDecoder::Step::end) {
        finish_content();
        continue;
      }
    } else {
      bool counted = framing_ == h1::ResponseFraming::length;
      if (!rest.empty()) {
        data = rest.substr(0, counted ? std::min<uint64_t>(max, left_) : max);
        in_at_ += data.size();
      } else if (!target.empty()) {
        // Nothing is buffered: straight from the socket into the reader's memory.
        size_t room = counted ? std::min<uint64_t>(target.size(), left_) : target.size();
        auto result = stream_->read(target.first(room), &read_event_);
        if (result.state == io::IoResult::State::done) {
          if (counted && (left_ -= result.bytes) == 0) finish_content();
          frame = Body::Frame{};
          frame.state = Body::State::data;
          return result.bytes;
        }
        if (result.state != io::IoResult::State::pending) {
          read_end_ = result.state == io::IoResult::State::end;
          ended_by_server(result.error);
          continue;
        }
      }
      if (counted && !data.empty() && (left_ -= data.size()) == 0) finish_content();
    }
    if (!data.empty()) {
      frame = Body::Frame{};
      frame.state = Body::State::data;
      if (target.empty()) {
        frame.data = Bytes::copy(data);
        return 0;
      }
      std::memcpy(target.data(), data.data(), data.size());
      return data.size();
    }
    bool tried = framing_ != h1::ResponseFraming::chunked && !target.empty();
    if (!tried) {
      if (fill()) continue;
      if (state_ == State::failed || content_done_) continue;
    }
    if (waiter) {
      readers_.add(*waiter);
      if (!waiting_ && !write_blocked_) arm(waits_.between_bytes_ns);
      waiting_ = true;
    }
    frame = Body::Frame::of_pending();
    return 0;
  }
}

bool Connection::reusable() const {
  return state_ == State::content && content_done_ && sent_all_ && keep_alive_ &&
         in_at_ == in_.size() && stream_ && !stream_->hung_up();
}

void Connection::park(Waiter& gone) {
  state_ = State::idle;
  ++exchanges_;
  changed_ = nullptr;
  request_body_.reset();
  head_.reset();
  // An idle one holds nothing.
  decoder_.renew();
  release_input();
  out_.clear();
  alarm_.disarm();
  read_event_.cancel();
  write_event_.cancel();
  watch_hang_up(gone);
}

bool Connection::unpark() {
  if (stream_->hung_up()) return false;
  // Bytes that nobody asked for, or an end.
  uint8_t byte;
  return stream_->read({&byte, 1}, nullptr).state == io::IoResult::State::pending;
}

}  // namespace weir::http::client
