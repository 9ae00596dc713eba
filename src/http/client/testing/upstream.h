#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/client/client.h"
#include "http/client/testing/raw_server.h"

namespace weir::http::client::testing {

using Kind = ErrorCode::Kind;
using Answer = Result<Response, ErrorCode>;

class TestExchange final : public Exchange {
 public:
  explicit TestExchange(io::Loop& loop) : loop_(loop) {}
  io::Loop& loop() override { return loop_; }
  std::string_view request_id() const override { return "0123456789abcdef"; }
  std::string_view peer_address() const override { return "unix:"; }
  std::string_view local_address() const override { return "unix:"; }
  bool secure() const override { return false; }
  std::optional<uint64_t> deadline() const override { return std::nullopt; }
  std::optional<CancelReason> cancelled() const override { return std::nullopt; }
  void on_cancel(Waiter&) override {}
  void inform(Informational interim) override { informed.push_back(std::move(interim)); }
  Annotations& annotations() override { return annotations_; }
  Exchange& root() override { return *this; }
  bool accept_tunnel(std::unique_ptr<Tunnel> made) override {
    if (!tunnels) return false;
    tunnel = std::move(made);
    return true;
  }

  std::vector<Informational> informed;
  bool tunnels = false;
  std::unique_ptr<Tunnel> tunnel;

 private:
  io::Loop& loop_;
  Annotations annotations_;
};

// A request body that a test fills by hand.
class HandBody final : public Body {
 public:
  struct Remote {
    std::string bytes;
    bool ended = false;
    std::optional<Fields> trailers;
    std::optional<ErrorCode> error;
    std::optional<ErrorCode> aborted;
    size_t polls = 0;
    bool destroyed = false;
    WaitList waiters;
  };
  explicit HandBody(std::shared_ptr<Remote> remote, std::optional<uint64_t> length = {})
      : remote_(std::move(remote)), length_(length) {}
  ~HandBody() override { remote_->destroyed = true; }
  Frame poll(size_t max, Waiter* waiter) override {
    ++remote_->polls;
    if (remote_->error) return Frame::of_error(*remote_->error);
    if (!remote_->bytes.empty()) {
      Bytes data = Bytes::copy(std::string_view(remote_->bytes).substr(0, max));
      remote_->bytes.erase(0, data.size());
      return Frame::of_data(std::move(data));
    }
    if (!remote_->ended) {
      if (waiter) remote_->waiters.add(*waiter);
      return Frame::of_pending();
    }
    if (remote_->trailers) {
      Fields fields = std::move(*remote_->trailers);
      remote_->trailers.reset();
      return Frame::of_trailers(std::move(fields));
    }
    return Frame::of_end();
  }
  void abort(ErrorCode code) override { remote_->aborted = code; }
  std::optional<uint64_t> length() const override { return length_; }

 private:
  std::shared_ptr<Remote> remote_;
  std::optional<uint64_t> length_;
};

struct Content {
  std::string data;
  Fields trailers;
  std::optional<ErrorCode> error;
};

struct TestLog final : Log {
  void write(Level, std::string_view message) override { text += message; }
  std::string text;
};

struct Upstream {
  explicit Upstream(std::vector<std::string> patterns = {"127.0.0.1:*"}, ClientOptions options = {})
      : exchange(loop) {
    auto parsed = EgressPolicy::parse(patterns);
    EXPECT_TRUE(parsed.ok());
    policy = std::move(*parsed);
    client = std::make_unique<Client>(loop, policy, std::move(options), &log);
  }

  static Request request(const std::string& authority, std::string method = "GET",
                         std::string target = "/") {
    Request made;
    made.method = std::move(method);
    made.authority = authority;
    made.target = std::move(target);
    made.body = empty_body();
    return made;
  }

  // Runs the loop until `done`, for at most 10 s.
  template <class Done>
  bool run_until(Done done) {
    uint64_t end = loop.precise_now() + 10'000'000'000;
    while (!done()) {
      if (loop.precise_now() > end) return false;
      loop.run_once();
      ::usleep(200);
    }
    return true;
  }

  Answer send(Request made) {
    auto task = client->handle(std::move(made), exchange);
    task.start();
    EXPECT_TRUE(run_until([&] { return task.done(); })) << "no answer";
    if (!task.done()) return Err(ErrorCode(Kind::internal_error));
    return task.take();
  }
  Answer get(const std::string& authority) { return send(request(authority)); }

  struct Idle final : Waiter {
    using Waiter::Waiter;
    void fire() override {}
  };

  Content read(Body& body, bool into = false) {
    Content content;
    Idle waiter(loop);
    run_until([&] {
      while (true) {
        Body::Frame frame;
        uint8_t target[1000];
        if (into) {
          size_t count = body.poll_into(target, frame, &waiter);
          content.data.append(reinterpret_cast<char*>(target), count);
        } else {
          frame = body.poll(1 << 20, &waiter);
          content.data += frame.data.view();
        }
        if (frame.state == Body::State::pending) return false;
        if (frame.state == Body::State::trailers) content.trailers = std::move(frame.trailers);
        if (frame.state == Body::State::error) content.error = frame.error;
        if (frame.state == Body::State::end || frame.state == Body::State::error) return true;
      }
    });
    return content;
  }

  io::Loop loop;
  TestLog log;
  TestExchange exchange;
  EgressPolicy policy;
  std::unique_ptr<Client> client;
};

inline constexpr char hello[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello";

inline void serve_hello(RawPeer& peer, int) {
  while (!peer.read_head().empty()) peer.send(hello);
}

}  // namespace weir::http::client::testing
