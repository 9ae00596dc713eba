// Long because one state machine, from a request's first byte to its answer's last, reads best in
// one place.
#include "http/h1/server_connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "http/h1/syntax.h"
#include "http/status.h"

namespace weir::http::h1 {
namespace {

constexpr size_t kReadSize = 64 << 10;
constexpr size_t kWriteBatch = 64 << 10;
constexpr uint64_t kDiscardLimit = 64 << 10;
constexpr uint64_t kLinger = 2'000'000'000;

bool valid_request_id(std::string_view id) {
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == '.' || c == ':' || c == '/' || c == '+' || c == '=';
  });
}

bool is_framing(std::string_view name) {
  switch (name.size()) {
    case 2:
      return same_name(name, "te");
    case 7:
      return same_name(name, "upgrade");
    case 10:
      return same_name(name, "connection") || same_name(name, "keep-alive");
    case 14:
      return same_name(name, "content-length");
    case 16:
      return same_name(name, "proxy-connection");
    case 17:
      return same_name(name, "transfer-encoding");
    default:
      return false;
  }
}

}  // namespace

class ServerConnection::IncomingBody final : public Body {
 public:
  explicit IncomingBody(ServerConnection& connection) : connection_(&connection) {
    connection.incoming_ = this;
  }
  ~IncomingBody() override {
    if (connection_) {
      connection_->incoming_ = nullptr;
      if (!connection_->body_done_) connection_->body_abandoned_ = true;
    }
  }
  Frame poll(size_t max, Waiter* waiter) override {
    Frame frame;
    if (!connection_) return Frame::of_error(end_);
    connection_->poll_body(max, {}, frame, waiter);
    return frame;
  }
  size_t poll_into(std::span<uint8_t> target, Frame& frame, Waiter* waiter) override {
    if (!connection_) {
      frame = Frame::of_error(end_);
      return 0;
    }
    return connection_->poll_body(target.size(), target, frame, waiter);
  }
  void abort(ErrorCode code) override {
    end_ = code;
    if (connection_ && !connection_->body_done_) connection_->body_abandoned_ = true;
    detach(code);
  }
  std::optional<uint64_t> length() const override {
    if (!connection_ || connection_->body_chunked_) return std::nullopt;
    return connection_->body_left_;
  }
  // The connection is done with this body, which has not ended.
  void detach(ErrorCode code) {
    if (!connection_) return;
    connection_->incoming_ = nullptr;
    connection_ = nullptr;
    end_ = std::move(code);
    waiters_.wake_all();
  }
  WaitList waiters_;

 private:
  ServerConnection* connection_;
  ErrorCode end_ = ErrorCode::Kind::connection_terminated;
};

ServerConnection::ServerConnection(io::Loop& loop, std::unique_ptr<io::Stream> stream,
                                   Handler& handler, const ServerSettings& settings,
                                   ConnectionOwner& owner, Endpoints endpoints)
    : loop_(loop),
      stream_(std::move(stream)),
      handler_(handler),
      settings_(settings),
      owner_(owner),
      endpoints_(std::move(endpoints)),
      read_event_(loop, *this, &ServerConnection::on_readable),
      write_event_(loop, *this, &ServerConnection::on_writable),
      hang_up_event_(loop, *this, &ServerConnection::on_hang_up),
      body_event_(loop, *this, &ServerConnection::on_body),
      alarm_(*this) {
  arm(settings_.idle_timeout_ns);
}

ServerConnection::~ServerConnection() {
  task_ = {};
  if (incoming_) incoming_->detach(ErrorCode::Kind::connection_terminated);
}

void ServerConnection::drain() {
  keep_alive_ = false;
  if (state_ == State::idle && in_.empty()) close();
}

std::optional<uint64_t> ServerConnection::deadline() const {
  if (!settings_.response_timeout_ns) return std::nullopt;
  return head_deadline_;
}

void ServerConnection::on_cancel(Waiter& waiter) {
  if (cancelled_)
    waiter.wake();
  else
    cancel_waiters_.add(waiter);
}

void ServerConnection::arm(uint64_t nanoseconds) { alarm_.arm(loop_, loop_.now() + nanoseconds); }

// Reads what is there into `in_`. False when nothing came: then the read event is set, or the
// connection has ended.
bool ServerConnection::fill() {
  thread_local std::unique_ptr<uint8_t[]> scratch(new uint8_t[kReadSize]);
  if (in_at_ == in_.size()) {
    in_.clear();
    in_at_ = 0;
  } else if (in_at_ > kReadSize) {
    in_.erase(0, in_at_);
    in_at_ = 0;
  }
  auto result = stream_->read({scratch.get(), kReadSize}, &read_event_);
  if (result.state == io::IoResult::State::done) {
    in_.append(reinterpret_cast<char*>(scratch.get()), result.bytes);
    return true;
  }
  if (result.state != io::IoResult::State::pending) broken_ = true;
  return false;
}

void ServerConnection::on_readable() {
  switch (state_) {
    case State::idle:
    case State::head:
      read_head();
      return;
    case State::handling:
    case State::responding:
      if (incoming_) incoming_->waiters_.wake_all();
      return;
    case State::lingering:
      linger();
      return;
    case State::closed:
      return;
  }
}

void ServerConnection::read_head() {
  while (true) {
    // One empty line before a request is ignored (RFC 9112 section 2.2).
    if (scanned_ == 0 && in_.size() - in_at_ >= 2 && in_.compare(in_at_, 2, "\r\n") == 0 &&
        state_ == State::idle)
      in_at_ += 2;
    std::string_view pending = std::string_view(in_).substr(in_at_);
    if (!pending.empty()) {
      if (state_ == State::idle) {
        state_ = State::head;
        arm(settings_.head_timeout_ns);
      }
      auto end = find_head_end(pending, scanned_, settings_.head);
      if (!end.ok()) return refuse(end.error().status, end.error().why);
      if (*end) {
        auto head =
            parse_request_head(pending.substr(0, *end), settings_.head, endpoints_.secure, endpoints_.local);
        in_at_ += *end;
        scanned_ = 0;
        if (!head.ok()) return refuse(head.error().status, head.error().why);
        return begin(std::move(*head));
      }
    } else {
      // An idle connection holds no buffer.
      if (in_.capacity() > 256)
        std::string().swap(in_);
      else
        in_.clear();
      in_at_ = 0;
      if (!keep_alive_) return close();
    }
    if (!fill()) {
      if (broken_) close();
      return;
    }
  }
}

void ServerConnection::begin(RequestHead head) {
  state_ = State::handling;
  Request& request = head.request;
  method_ = request.method;
  target_ = request.target;
  std::string_view id = request.fields.first("x-request-id");
  request_id_ = valid_request_id(id) ? std::string(id) : owner_.new_request_id();
  annotations_ = {};
  cancelled_.reset();
  answer_.reset();
  status_ = 0;
  out_bytes_ = 0;
  expects_continue_ = head.expects_continue;
  takes_trailers_ = head.takes_trailers;
  is_head_ = request.method == "HEAD";
  http_1_0_ = request.protocol == Protocol::http_1_0;
  keep_alive_ = head.keep_alive && !owner_.draining();
  close_after_ = false;
  ending_ = false;
  body_chunked_ = head.chunked;
  body_left_ = head.length.value_or(0);
  body_done_ = !head.chunked && body_left_ == 0;
  body_failed_ = body_abandoned_ = trailers_given_ = false;
  if (head.chunked) decoder_ = ChunkedDecoder();
  if (body_done_) expects_continue_ = false;
  request.body = body_done_ ? empty_body() : std::make_unique<IncomingBody>(*this);
  head_deadline_ = loop_.now() + settings_.response_timeout_ns;
  if (settings_.response_timeout_ns)
    arm(settings_.response_timeout_ns);
  else
    alarm_.disarm();
  task_ = run(*this, std::move(request));
  task_.start();
  if (!answer_) {
    if (!settings_.half_close) stream_->watch_hang_up(&hang_up_event_);
    return;
  }
  on_body();
}

io::Task<void> ServerConnection::run(ServerConnection& self, Request request) {
  auto answer = co_await self.handler_.handle(std::move(request), self);
  self.answer_.emplace(std::move(answer));
  self.body_event_.wake();
}

void ServerConnection::on_hang_up() {
  if (state_ != State::handling && state_ != State::responding) return;
  // A request that is still to be read may be whole in the socket: only an unanswered one counts.
  cancel(CancelReason::client_gone);
  close();
}

void ServerConnection::cancel(CancelReason reason) {
  if (cancelled_) return;
  cancelled_ = reason;
  if (annotations_.outcome == Outcome::ok)
    annotations_.outcome = reason == CancelReason::timeout ? Outcome::timeout : Outcome::cancelled;
  cancel_waiters_.wake_all();
  task_ = {};
  if (outgoing_) outgoing_->abort(ErrorCode::Kind::connection_terminated);
  outgoing_.reset();
  if (incoming_) incoming_->detach(ErrorCode::Kind::connection_terminated);
}

void ServerConnection::on_timeout() {
  switch (state_) {
    case State::idle:
    case State::lingering:
      return close();
    case State::head:
      return refuse(408, "the request head took too long");
    case State::handling:
      cancel(CancelReason::timeout);
      return refuse(504, "no answer in time");
    case State::responding:
      // A response that waits for its body keeps waiting: the limit is on a client that does not
      // read.
      if (out_at_ == out_.size() && slice_.empty() && tail_.empty()) return;
      return fail_response();
    case State::closed:
      return;
  }
}

// --- the request's body

size_t ServerConnection::poll_body(size_t max, std::span<uint8_t> target, Body::Frame& frame,
                                   Waiter* waiter) {
  if (body_failed_) {
    frame = Body::Frame::of_error(ErrorCode::Kind::http_protocol_error);
    return 0;
  }
  if (expects_continue_) send_continue();
  while (true) {
    if (body_done_) {
      if (body_chunked_ && !trailers_given_ && !decoder_.trailers().empty()) {
        trailers_given_ = true;
        frame = Body::Frame::of_trailers(std::move(decoder_.trailers()));
      } else {
        frame = Body::Frame::of_end();
      }
      return 0;
    }
    std::string_view input = std::string_view(in_).substr(in_at_);
    std::string_view data;
    if (body_chunked_) {
      std::string_view rest = input;
      auto step = decoder_.next(rest, data, max);
      in_at_ += input.size() - rest.size();
      if (step == ChunkedDecoder::Step::bad) {
        body_failed_ = true;
        keep_alive_ = false;
        frame = Body::Frame::of_error(ErrorCode::Kind::http_protocol_error);
        return 0;
      }
      if (step == ChunkedDecoder::Step::end) {
        body_done_ = true;
        continue;
      }
    } else if (!input.empty()) {
      data = input.substr(0, std::min<uint64_t>({max, input.size(), body_left_}));
      in_at_ += data.size();
      body_left_ -= data.size();
      body_done_ = body_left_ == 0;
    } else if (!target.empty()) {
      // Nothing is buffered: straight from the socket into the reader's memory.
      auto result =
          stream_->read(target.first(std::min<uint64_t>(target.size(), body_left_)), &read_event_);
      if (result.state == io::IoResult::State::done) {
        body_left_ -= result.bytes;
        body_done_ = body_left_ == 0;
        frame.state = Body::State::data;
        return result.bytes;
      }
      if (result.state != io::IoResult::State::pending) broken_ = true;
    }
    if (!data.empty()) {
      frame.state = Body::State::data;
      if (target.empty()) {
        frame.data = Bytes::copy(data);
        return 0;
      }
      std::memcpy(target.data(), data.data(), data.size());
      return data.size();
    }
    if (!broken_ && target.empty() ? fill() : (body_chunked_ && !broken_ && fill())) continue;
    if (broken_) {
      body_failed_ = true;
      keep_alive_ = false;
      frame = Body::Frame::of_error(ErrorCode::Kind::connection_terminated);
      return 0;
    }
    if (waiter && incoming_) incoming_->waiters_.add(*waiter);
    frame = Body::Frame::of_pending();
    return 0;
  }
}

void ServerConnection::send_continue() {
  expects_continue_ = false;
  if (status_ != 0 || !in_.substr(in_at_).empty()) return;
  out_ += "HTTP/1.1 100 Continue\r\n\r\n";
  flush();
}

void ServerConnection::inform(Informational response) {
  if (http_1_0_ || status_ != 0 || state_ != State::handling) return;
  fmt::format_to(std::back_inserter(out_), "HTTP/1.1 {} {}\r\n", response.status,
                 reason_phrase(response.status));
  for (size_t i = 0; i < response.fields.size(); ++i) {
    auto field = response.fields[i];
    if (!is_framing(field.name))
      fmt::format_to(std::back_inserter(out_), "{}: {}\r\n", field.name, field.value);
  }
  out_ += "\r\n";
  flush();
}

// --- the response

void ServerConnection::on_body() {
  if (state_ == State::handling && answer_) {
    auto answer = std::move(*answer_);
    answer_.reset();
    if (answer.ok()) return respond(std::move(*answer));
    uint16_t status = recommended_status(answer.error());
    if (annotations_.outcome == Outcome::ok) annotations_.outcome = Outcome::error;
    return refuse(status, "");
  }
  if (state_ == State::responding) pump();
}

void ServerConnection::refuse(uint16_t status, std::string_view why) {
  bool broken_request = state_ != State::handling;
  Response response;
  response.status = status;
  std::string text = fmt::format("{} {}", status, reason_phrase(status));
  if (!why.empty()) text += fmt::format(": {}", why);
  text += "\n";
  response.fields.append("content-type", "text/plain");
  if (status == 503) response.fields.append("retry-after", "1");
  response.body = bytes_body(Bytes::copy(text));
  if (broken_request) {
    // Nothing after a malformed request can be trusted.
    method_.clear();
    target_.clear();
    request_id_ = owner_.new_request_id();
    is_head_ = false;
    keep_alive_ = false;
    body_done_ = false;
    body_chunked_ = false;
    body_left_ = UINT64_MAX;
    annotations_ = {};
    annotations_.outcome = Outcome::refused;
  }
  state_ = State::handling;
  respond(std::move(response));
}

void ServerConnection::respond(Response response) {
  state_ = State::responding;
  status_ = response.status;
  if (expects_continue_) {
    // The client still waits to send its body, and nobody will read it.
    expects_continue_ = false;
    if (!body_done_) keep_alive_ = false;
  }
  outgoing_ = std::move(response.body);
  auto length = outgoing_->length();
  bool no_content = response.status == 204 || response.status == 304;
  if (is_head_ || no_content) {
    framing_ = Framing::none;
  } else if (response.status == 205) {
    framing_ = Framing::length;
    out_left_ = 0;
  } else if (length) {
    framing_ = Framing::length;
    out_left_ = *length;
  } else if (!http_1_0_) {
    framing_ = Framing::chunked;
  } else {
    framing_ = Framing::until_close;
    keep_alive_ = false;
  }
  // A body that nobody reads is discarded up to a limit, else the connection ends with the answer.
  if (!body_done_ && (body_chunked_ || body_left_ > kDiscardLimit) && !incoming_)
    keep_alive_ = false;
  if (owner_.draining()) keep_alive_ = false;
  write_head(response, !keep_alive_);
  if (!settings_.half_close) stream_->watch_hang_up(&hang_up_event_);
  arm(settings_.write_timeout_ns);
  pump();
}

void ServerConnection::write_head(const Response& response, bool close) {
  auto out = std::back_inserter(out_);
  out_.reserve(out_.size() + 160 + response.fields.accounted_size());
  out_ += "HTTP/1.1 ";
  fmt::format_to(out, "{}", response.status);
  out_ += ' ';
  out_ += reason_phrase(response.status);
  out_ += "\r\n";
  bool has_date = false;
  for (size_t i = 0; i < response.fields.size(); ++i) {
    auto [name, value] = response.fields[i];
    if (is_framing(name)) {
      // To HEAD and with 304 a length describes what GET would have got.
      if (framing_ != Framing::none || !same_name(name, "content-length") || response.status == 204)
        continue;
    }
    if (name.size() == 4 && same_name(name, "date")) has_date = true;
    out_ += name;
    out_ += ": ";
    out_ += value;
    out_ += "\r\n";
  }
  if (!has_date) {
    out_ += "date: ";
    out_ += owner_.date();
    out_ += "\r\n";
  }
  if (framing_ == Framing::length)
    fmt::format_to(out, "content-length: {}\r\n", out_left_);
  else if (framing_ == Framing::chunked)
    out_ += "transfer-encoding: chunked\r\n";
  if (close)
    out_ += "connection: close\r\n";
  else if (http_1_0_)
    out_ += "connection: keep-alive\r\n";
  out_ += "\r\n";
}

// Moves the response's body to the socket until one of them has to wait.
void ServerConnection::pump() {
  while (true) {
    // Gather: many small pieces go out together.
    while (!ending_ && slice_.empty() && out_.size() - out_at_ < kWriteBatch) {
      size_t max = framing_ == Framing::length ? std::min<uint64_t>(kWriteBatch, out_left_ + 1)
                                               : kWriteBatch;
      Body::Frame frame = outgoing_->poll(max, &body_event_);
      if (frame.state == Body::State::pending) break;
      if (frame.state == Body::State::error) return fail_response();
      if (frame.state == Body::State::trailers) {
        if (framing_ == Framing::chunked && takes_trailers_) {
          tail_ = "0\r\n";
          for (size_t i = 0; i < frame.trailers.size(); ++i)
            if (!is_framing(frame.trailers[i].name))
              fmt::format_to(std::back_inserter(tail_), "{}: {}\r\n", frame.trailers[i].name,
                             frame.trailers[i].value);
          tail_ += "\r\n";
        }
        continue;
      }
      if (frame.state == Body::State::end) {
        if (framing_ == Framing::length && out_left_ > 0) return fail_response();
        if (framing_ == Framing::chunked && tail_.empty()) tail_ = "0\r\n\r\n";
        ending_ = true;
        break;
      }
      if (framing_ == Framing::none) continue;
      if (framing_ == Framing::length) {
        if (frame.data.size() > out_left_) return fail_response();
        out_left_ -= frame.data.size();
      }
      out_bytes_ += frame.data.size();
      if (framing_ == Framing::chunked)
        fmt::format_to(std::back_inserter(out_), "{:x}\r\n", frame.data.size());
      if (frame.data.size() >= 4096) {
        slice_ = std::move(frame.data);
        if (framing_ == Framing::chunked) tail_ = "\r\n";
      } else {
        out_.append(frame.data.view());
        if (framing_ == Framing::chunked) out_ += "\r\n";
      }
    }
    bool had = out_at_ < out_.size() || !slice_.empty() || !tail_.empty();
    if (!flush()) {
      if (broken_) {
        cancel(CancelReason::client_gone);
        close();
      }
      return;
    }
    if (ending_) return end_response();
    if (!had) return;
  }
}

bool ServerConnection::flush() {
  while (true) {
    iovec parts[3];
    size_t count = 0;
    auto add = [&](const void* data, size_t size) {
      if (size) parts[count++] = {const_cast<void*>(data), size};
    };
    add(out_.data() + out_at_, out_.size() - out_at_);
    add(slice_.data(), slice_.size());
    add(tail_.data(), tail_.size());
    if (count == 0) {
      if (out_.capacity() > 4096)
        std::string().swap(out_);
      else
        out_.clear();
      out_at_ = 0;
      return true;
    }
    auto result = stream_->write({parts, count}, &write_event_);
    if (result.state == io::IoResult::State::pending) {
      if (state_ == State::responding && !alarm_.armed()) arm(settings_.write_timeout_ns);
      return false;
    }
    if (result.state != io::IoResult::State::done) {
      broken_ = true;
      return false;
    }
    size_t moved = result.bytes;
    size_t part = std::min(moved, out_.size() - out_at_);
    out_at_ += part;
    moved -= part;
    part = std::min(moved, slice_.size());
    slice_.take(part);
    if (slice_.empty()) slice_ = {};
    tail_.erase(0, moved - part);
    if (state_ == State::responding) alarm_.arm(loop_, loop_.now() + settings_.write_timeout_ns);
  }
}

void ServerConnection::on_writable() {
  if (state_ == State::responding) return pump();
  if (state_ == State::handling && !flush() && broken_) {
    cancel(CancelReason::client_gone);
    close();
  }
}

void ServerConnection::fail_response() {
  if (annotations_.outcome == Outcome::ok) annotations_.outcome = Outcome::error;
  // What was sent must not look complete: no last chunk, short of its length; where only the close
  // would end it, a reset.
  flush();
  if (framing_ == Framing::until_close) stream_->reset();
  outgoing_.reset();
  task_ = {};
  close();
}

void ServerConnection::end_response() {
  outgoing_.reset();
  task_ = {};
  owner_.finished(*this, method_, target_, status_, out_bytes_);
  status_ = 0;
  stream_->watch_hang_up(nullptr);
  hang_up_event_.cancel();
  if (incoming_) {
    incoming_->detach(ErrorCode::Kind::connection_terminated);
    body_abandoned_ = true;
  }
  if (!keep_alive_) {
    if (body_done_ || broken_) return close();
    stream_->shut_down_writes();
    state_ = State::lingering;
    arm(kLinger);
    return linger();
  }
  next_request();
}

void ServerConnection::next_request() {
  if (!body_done_) {
    // Short enough to be read away, and then the connection can go on.
    state_ = State::lingering;
    arm(kLinger);
    return linger();
  }
  state_ = State::idle;
  arm(settings_.idle_timeout_ns);
  read_head();
}

// Reads away what is left of a request.
void ServerConnection::linger() {
  Body::Frame frame;
  while (!body_done_) {
    poll_body(kReadSize, {}, frame, nullptr);
    if (frame.state == Body::State::pending) return;
    if (frame.state == Body::State::error) return close();
    frame = {};
  }
  if (!keep_alive_) return close();
  next_request();
}

void ServerConnection::close() {
  if (state_ == State::closed) return;
  if (status_ != 0) owner_.finished(*this, method_, target_, status_, out_bytes_);
  state_ = State::closed;
  alarm_.disarm();
  read_event_.cancel();
  write_event_.cancel();
  hang_up_event_.cancel();
  body_event_.cancel();
  task_ = {};
  outgoing_.reset();
  if (incoming_) incoming_->detach(ErrorCode::Kind::connection_terminated);
  stream_.reset();
  owner_.closed(*this);
}

}  // namespace weir::http::h1
