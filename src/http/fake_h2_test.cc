// What handlers, bodies and exchanges owe to a protocol that is not HTTP/1.1: a stand-in for an
// HTTP/2 engine drives them, whose streams are sequences of frames.
#include <gtest/gtest.h>

#include <deque>
#include <functional>

#include "http/h1/testing/test_handler.h"
#include "http/handler.h"
#include "io/memory_stream.h"
#include "io/wakeup.h"

namespace weir::http {
namespace {

// One stream of a connection: frames of the client go in, those of the server come out as text,
// such as "HEADERS 200", "DATA hello", "TRAILERS x-end", "END", "RST connection-terminated".
class FakeH2Stream final : public Exchange {
 public:
  explicit FakeH2Stream(io::Loop& loop) : loop_(loop), answered_(*this), pulled_(*this) {}
  ~FakeH2Stream() override {
    task_ = {};
    response_body_.reset();
    if (request_body_) request_body_->owner = nullptr;
  }

  // --- the client
  void headers(Handler& handler, std::string method, std::string path, bool more) {
    Request request;
    request.method = std::move(method);
    request.target = std::move(path);
    request.protocol = Protocol::http_2;
    ended_ = !more;
    auto body = std::make_unique<RequestBody>(*this);
    request_body_ = body.get();
    request.body = std::move(body);
    connects_ = request.method == "CONNECT";
    task_ = handler.handle(std::move(request), *this);
    if (task_.start(&answered_)) answered();
    settle();
  }
  void data(std::string text) { frame(Body::Frame::of_data(Bytes::copy(text))); }
  void trailers(std::string name, std::string value) {
    Fields fields;
    fields.append(name, value);
    ended_ = true;
    frame(Body::Frame::of_trailers(std::move(fields)));
  }
  void end() {
    ended_ = true;
    wake();
  }
  // RST_STREAM of the client.
  void reset() {
    cancelled_ = CancelReason::client_gone;
    cancel_.wake_all();
    error_ = ErrorCode::Kind::connection_terminated;
    task_ = {};
    response_body_.reset();
    wake();
  }
  // How much more the client takes (WINDOW_UPDATE).
  void window(size_t more) {
    window_ += more;
    pull();
    settle();
  }
  std::vector<std::string> sent;
  size_t window_ = 1 << 20;

  // --- Exchange
  io::Loop& loop() override { return loop_; }
  std::string_view request_id() const override { return "id"; }
  std::string_view peer_address() const override { return "192.0.2.1:1"; }
  std::string_view local_address() const override { return "192.0.2.2:443"; }
  bool secure() const override { return true; }
  std::optional<uint64_t> deadline() const override { return std::nullopt; }
  std::optional<CancelReason> cancelled() const override { return cancelled_; }
  void on_cancel(Waiter& waiter) override {
    if (cancelled_)
      waiter.wake();
    else
      cancel_.add(waiter);
  }
  void inform(Informational response) override {
    sent.push_back("HEADERS " + std::to_string(response.status));
  }
  Annotations& annotations() override { return annotations_; }
  Exchange& root() override { return *this; }
  bool accept_tunnel(std::unique_ptr<Tunnel> tunnel) override {
    if (!connects_) return false;
    tunnel_ = std::move(tunnel);
    return true;
  }
  // The client's end of the tunnel.
  std::unique_ptr<io::Stream> tunnel_end;

  void settle() {
    for (int i = 0; i < 20; ++i) loop_.run_once();
  }

 private:
  struct RequestBody final : Body {
    explicit RequestBody(FakeH2Stream& owner) : owner(&owner) {}
    ~RequestBody() override { abort(ErrorCode::Kind::connection_terminated); }
    Frame poll(size_t max, Waiter* waiter) override {
      if (!owner) return Frame::of_error(ErrorCode::Kind::connection_terminated);
      if (owner->error_) return Frame::of_error(*owner->error_);
      if (!owner->frames_.empty()) {
        Frame& next = owner->frames_.front();
        if (next.state == State::data && next.data.size() > max)
          return Frame::of_data(next.data.take(max));
        Frame frame = std::move(next);
        owner->frames_.pop_front();
        return frame;
      }
      if (owner->ended_) return Frame::of_end();
      if (waiter) owner->readers_.add(*waiter);
      return Frame::of_pending();
    }
    void abort(ErrorCode code) override {
      if (!owner) return;
      // RST_STREAM with NO_ERROR, so that the client stops sending (RFC 9113 section 8.1).
      if (!owner->ended_ && !owner->error_ && !owner->connects_)
        owner->sent.push_back("STOP " + std::string(code.name()));
      owner->request_body_ = nullptr;
      owner = nullptr;
    }
    std::optional<uint64_t> length() const override { return std::nullopt; }
    FakeH2Stream* owner;
  };
  struct Answered final : Waiter {
    explicit Answered(FakeH2Stream& owner) : Waiter(owner.loop_), owner(owner) {}
    void fire() override { owner.answered(); }
    FakeH2Stream& owner;
  };
  struct Pulled final : Waiter {
    explicit Pulled(FakeH2Stream& owner) : Waiter(owner.loop_), owner(owner) {}
    void fire() override { owner.pull(); }
    FakeH2Stream& owner;
  };

  void frame(Body::Frame frame) {
    frames_.push_back(std::move(frame));
    wake();
  }
  void wake() {
    readers_.wake_all();
    settle();
  }
  void answered() {
    auto answer = task_.take();
    task_ = {};
    if (!answer.ok()) {
      sent.push_back("RST " + std::string(answer.error().name()));
      return;
    }
    sent.push_back("HEADERS " + std::to_string(answer->status));
    if (tunnel_) {
      auto [near, far] = io::memory_stream_pair();
      tunnel_end = std::move(near);
      tunnel_->open(std::move(far));
      return;
    }
    response_body_ = std::move(answer->body);
    pull();
  }
  void pull() {
    while (response_body_ && window_ > 0) {
      Body::Frame frame = response_body_->poll(std::min<size_t>(window_, 16384), &pulled_);
      switch (frame.state) {
        case Body::State::pending:
          return;
        case Body::State::data:
          window_ -= frame.data.size();
          sent.push_back("DATA " + std::string(frame.data.view()));
          break;
        case Body::State::trailers:
          sent.push_back("TRAILERS " + std::string(frame.trailers[0].name));
          break;
        case Body::State::end:
          sent.push_back("END");
          response_body_.reset();
          return;
        case Body::State::error:
          sent.push_back("RST " + std::string(frame.error->name()));
          response_body_.reset();
          return;
      }
    }
  }

  io::Loop& loop_;
  io::Task<Result<Response, ErrorCode>> task_;
  Answered answered_;
  Pulled pulled_;
  RequestBody* request_body_ = nullptr;
  std::deque<Body::Frame> frames_;
  bool ended_ = false, connects_ = false;
  std::optional<ErrorCode> error_;
  WaitList readers_, cancel_;
  std::optional<CancelReason> cancelled_;
  BodyPtr response_body_;
  Annotations annotations_;
  std::unique_ptr<Tunnel> tunnel_;
};

using Sent = std::vector<std::string>;

struct FakeH2 : testing::Test {
  io::Loop loop;
  h1::TestHandler handler;
  FakeH2Stream stream{loop};
};

TEST_F(FakeH2, CarriesTrailersBothWays) {
  stream.headers(handler, "POST", "/echo", true);
  stream.data("one");
  stream.data("two");
  stream.trailers("x-t", "yes");
  EXPECT_EQ(stream.sent, (Sent{"HEADERS 200", "DATA one", "DATA two", "TRAILERS x-t", "END"}));
}

TEST_F(FakeH2, CarriesTwoInformationalResponses) {
  stream.headers(handler, "GET", "/inform", false);
  EXPECT_EQ(stream.sent,
            (Sent{"HEADERS 103", "HEADERS 102", "HEADERS 200", "DATA informed\n", "END"}));
}

TEST_F(FakeH2, AnswersWhileTheRequestFlows) {
  stream.headers(handler, "POST", "/early", true);
  EXPECT_EQ(stream.sent,
            (Sent{"STOP connection-terminated", "HEADERS 200", "DATA early\n", "END"}));
}

TEST_F(FakeH2, TellsTheHandlerThatTheClientAborts) {
  stream.headers(handler, "POST", "/never", true);
  EXPECT_EQ(handler.waiting, 1);
  stream.reset();
  EXPECT_EQ(handler.waiting, 0);
  EXPECT_EQ(handler.ended, 1);
}

TEST_F(FakeH2, PassesAnAbortOfTheRequestOnToTheResponse) {
  stream.headers(handler, "POST", "/late", true);
  stream.data("abc");
  stream.reset();
  EXPECT_EQ(stream.sent, Sent{});
}

TEST_F(FakeH2, PassesAnAbortOfTheResponseOn) {
  stream.headers(handler, "GET", "/fail", false);
  EXPECT_EQ(stream.sent, (Sent{"HEADERS 200", "DATA half", "RST internal-error"}));
}

TEST_F(FakeH2, PullsNoMoreThanTheWindow) {
  stream.window_ = 4;
  stream.headers(handler, "GET", "/", false);
  EXPECT_EQ(stream.sent, (Sent{"HEADERS 200", "DATA hell"}));
  stream.window(100);
  EXPECT_EQ(stream.sent, (Sent{"HEADERS 200", "DATA hell", "DATA o\n", "END"}));
}

// Accepts every tunnel and greets.
class Greeter final : public Handler {
 public:
  io::Task<Result<Response, ErrorCode>> handle(Request, Exchange& exchange) override {
    struct Greeting final : Exchange::Tunnel {
      void open(std::unique_ptr<io::Stream> opened) override {
        stream = std::move(opened);
        iovec part{const_cast<char*>("hello"), 5};
        stream->write({&part, 1}, nullptr);
      }
      std::unique_ptr<io::Stream> stream;
    };
    if (!exchange.accept_tunnel(std::make_unique<Greeting>()))
      co_return Err(ErrorCode(ErrorCode::Kind::http_upgrade_failed));
    Response response;
    response.body = empty_body();
    co_return std::move(response);
  }
};

TEST_F(FakeH2, OpensATunnel) {
  Greeter greeter;
  stream.headers(greeter, "CONNECT", "", true);
  EXPECT_EQ(stream.sent, Sent{"HEADERS 200"});
  ASSERT_TRUE(stream.tunnel_end);
  uint8_t buffer[16];
  auto result = stream.tunnel_end->read(buffer, nullptr);
  EXPECT_EQ(std::string(reinterpret_cast<char*>(buffer), result.bytes), "hello");
}

TEST_F(FakeH2, RefusesATunnelThatNobodyAskedFor) {
  Greeter greeter;
  stream.headers(greeter, "GET", "/", false);
  EXPECT_EQ(stream.sent, Sent{"RST HTTP-upgrade-failed"});
}

}  // namespace
}  // namespace weir::http
