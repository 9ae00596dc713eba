#pragma once

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/handler.h"
#include "io/loop.h"
#include "io/wakeup.h"
#include "util/number.h"

namespace weir::http::h1 {
namespace testing {

// Frames given one after the other.
class ScriptedBody final : public Body {
 public:
  explicit ScriptedBody(std::vector<Frame> frames, std::optional<uint64_t> length = std::nullopt)
      : frames_(std::move(frames)), length_(length) {}
  Frame poll(size_t max, Waiter*) override {
    if (next_ == frames_.size()) return Frame::of_end();
    Frame& frame = frames_[next_];
    if (frame.state == State::data && frame.data.size() > max)
      return Frame::of_data(frame.data.take(max));
    // Errors stay.
    if (frame.state == State::error) return Frame::of_error(*frame.error);
    return std::move(frames_[next_++]);
  }
  void abort(ErrorCode code) override {
    frames_.assign(1, Frame::of_error(std::move(code)));
    next_ = 0;
  }
  std::optional<uint64_t> length() const override { return length_; }

 private:
  std::vector<Frame> frames_;
  size_t next_ = 0;
  std::optional<uint64_t> length_;
};

// So many bytes, each piece made when it is asked for.
class ZerosBody final : public Body {
 public:
  explicit ZerosBody(uint64_t size) : left_(size) {}
  Frame poll(size_t max, Waiter*) override {
    if (left_ == 0) return Frame::of_end();
    size_t size = std::min<uint64_t>({max, left_, 64 << 10});
    left_ -= size;
    return Frame::of_data(Bytes::make(size, [&](uint8_t* to) { std::memset(to, 0, size); }));
  }
  void abort(ErrorCode) override { left_ = 0; }
  std::optional<uint64_t> length() const override { return left_; }

 private:
  uint64_t left_;
};

inline Body::Frame data(std::string_view text) { return Body::Frame::of_data(Bytes::copy(text)); }

inline Response answer(std::string_view text, uint16_t status = 200) {
  Response response;
  response.status = status;
  response.fields.append("content-type", "text/plain");
  response.body = bytes_body(Bytes::copy(text));
  return response;
}

inline Response scripted(std::vector<Body::Frame> frames,
                         std::optional<uint64_t> length = std::nullopt) {
  Response response;
  response.body = std::make_unique<ScriptedBody>(std::move(frames), length);
  return response;
}

inline std::string view(const Request& request) {
  std::string text =
      request.method + " " + request.scheme + " " + request.authority + " " + request.target + "\n";
  for (size_t i = 0; i < request.fields.size(); ++i) {
    text += request.fields[i].name;
    text += "=";
    text += request.fields[i].value;
    text += "\n";
  }
  if (!request.upgrade.empty()) text += "(upgrade " + request.upgrade + ")\n";
  return text;
}

}  // namespace testing

// What tests of a server have answered, by path. The same for every protocol and transport.
//   /          "hello\n"
//   /echo      the content of the request, as it comes, and its trailers
//   /early     "early\n" at once; the content is dropped unread
//   /late      "late\n" once all content was read
//   /view      what the handler was given: method, scheme, authority, target, fields
//   /stream    "one", "two" without a length, then the trailer x-end
//   /204, /205, /304, /101, /500   that status, with content that may not be sent
//   /bytes/N   N bytes of a known length
//   /zeros/N   the same, made piece by piece as they are asked for
//   /waiting   how many requests wait in `/never` on this loop
//   /short, /long   a length that is not kept
//   /fail      content without a length that fails half way
//   /error     an error instead of an answer
//   /inform    two informational responses, then "informed\n"
//   /lies      its own false Content-Length, Transfer-Encoding and Connection
//   /never     no answer
class TestHandler final : public Handler {
 public:
  io::Task<Result<Response, ErrorCode>> handle(Request request, Exchange& exchange) override;

  // How many tasks wait in `/never` now, and how many were destroyed there.
  int waiting = 0, ended = 0;

 private:
  struct Presence {
    explicit Presence(TestHandler& owner) : owner(owner) { ++owner.waiting; }
    ~Presence() {
      --owner.waiting;
      ++owner.ended;
    }
    TestHandler& owner;
  };
};

inline io::Task<Result<Response, ErrorCode>> TestHandler::handle(Request request,
                                                                 Exchange& exchange) {
  std::string_view path = request.target;
  path = path.substr(0, path.find('?'));
  if (path == "/echo") {
    Response response;
    response.body = std::move(request.body);
    co_return std::move(response);
  }
  if (path == "/early") {
    request.body.reset();
    co_return testing::answer("early\n");
  }
  if (path == "/late") {
    io::Wakeup wake(exchange.loop());
    while (true) {
      Body::Frame frame = request.body->poll(64 << 10, &wake);
      if (frame.state == Body::State::error) co_return Err(*frame.error);
      if (frame.state == Body::State::end) break;
      if (frame.state == Body::State::pending) co_await wake;
    }
    co_return testing::answer("late\n");
  }
  if (path == "/view") co_return testing::answer(testing::view(request));
  if (path == "/stream") {
    Fields trailers;
    trailers.append("x-end", "yes");
    std::vector<Body::Frame> frames;
    frames.push_back(testing::data("one"));
    frames.push_back(testing::data("two"));
    frames.push_back(Body::Frame::of_trailers(std::move(trailers)));
    co_return testing::scripted(std::move(frames));
  }
  if (path == "/204" || path == "/205" || path == "/304" || path == "/101" || path == "/500")
    co_return testing::answer("content\n", static_cast<uint16_t>(*parse_decimal(path.substr(1))));
  if (path.starts_with("/bytes/")) {
    size_t size = parse_decimal(path.substr(7), 1 << 30).value_or(0);
    co_return testing::answer(std::string(size, 'x'));
  }
  if (path.starts_with("/zeros/")) {
    Response response;
    response.body = std::make_unique<testing::ZerosBody>(parse_decimal(path.substr(7)).value_or(0));
    co_return std::move(response);
  }
  if (path == "/waiting") co_return testing::answer(std::to_string(waiting) + "\n");
  if (path == "/short" || path == "/long") {
    std::vector<Body::Frame> frames;
    frames.push_back(testing::data("12345"));
    co_return testing::scripted(std::move(frames), path == "/short" ? 10 : 3);
  }
  if (path == "/fail") {
    std::vector<Body::Frame> frames;
    frames.push_back(testing::data("half"));
    frames.push_back(Body::Frame::of_error(ErrorCode::Kind::internal_error));
    co_return testing::scripted(std::move(frames));
  }
  if (path == "/error") co_return Err(ErrorCode(ErrorCode::Kind::destination_not_found));
  if (path == "/inform") {
    Informational early;
    early.fields.append("link", "</style.css>; rel=preload");
    exchange.inform(early);
    exchange.inform({102, {}});
    co_return testing::answer("informed\n");
  }
  if (path == "/lies") {
    Response response = testing::answer("honest\n");
    response.fields.append("Content-Length", "3");
    response.fields.append("content-length", "4000");
    response.fields.append("Transfer-Encoding", "chunked");
    response.fields.append("Connection", "close, x");
    co_return std::move(response);
  }
  if (path == "/never") {
    Presence presence(*this);
    io::Wakeup wake(exchange.loop());
    while (true) co_await wake;
  }
  co_return testing::answer(request.method == "GET" || request.method == "HEAD"
                                ? "hello\n"
                                : "hello " + request.method + "\n");
}

}  // namespace weir::http::h1
