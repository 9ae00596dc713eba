#include "wasi/http/outgoing_call.h"

#include <algorithm>

namespace weir::wasi {
namespace {

using Kind = http::ErrorCode::Kind;

// A body that keeps its exchange alive.
class ExchangeBody : public http::Body {
 public:
  ExchangeBody(http::BodyPtr body, Ref<ChildExchange> exchange)
      : exchange_(std::move(exchange)), body_(std::move(body)) {}

  Frame poll(size_t max, Waiter* waiter) override { return body_->poll(max, waiter); }
  size_t poll_into(std::span<uint8_t> target, Frame& frame, Waiter* waiter) override {
    return body_->poll_into(target, frame, waiter);
  }
  void abort(http::ErrorCode code) override { body_->abort(std::move(code)); }
  std::optional<uint64_t> length() const override { return body_->length(); }

 private:
  // Outlives `body_`.
  Ref<ChildExchange> exchange_;
  http::BodyPtr body_;
};

// Fails when the producer is silent for too long while somebody waits.
class TimedBody final : public ExchangeBody {
 public:
  TimedBody(http::BodyPtr body, Ref<ChildExchange> exchange, const Context& context,
            uint64_t between_bytes)
      : ExchangeBody(std::move(body), std::move(exchange)),
        clocks_(context.clocks),
        arrival_(context.executor, *this),
        silence_(context.executor, *this),
        between_bytes_(std::max<uint64_t>(between_bytes, 1)) {}

  Frame poll(size_t max, Waiter* waiter) override {
    if (expired_) return Frame::of_error(Kind::connection_read_timeout);
    Frame frame = ExchangeBody::poll(max, waiter ? &arrival_ : nullptr);
    follow(frame, waiter);
    return frame;
  }
  size_t poll_into(std::span<uint8_t> target, Frame& frame, Waiter* waiter) override {
    if (expired_) {
      frame = Frame::of_error(Kind::connection_read_timeout);
      return 0;
    }
    size_t size = ExchangeBody::poll_into(target, frame, waiter ? &arrival_ : nullptr);
    follow(frame, waiter);
    return size;
  }

 private:
  // The producer has something.
  class Arrival final : public Waiter {
   public:
    Arrival(Executor& executor, TimedBody& body) : Waiter(executor), body_(body) {}
    ~Arrival() override { cancel(); }
    void fire() override { body_.consumers_.wake_all(); }

   private:
    TimedBody& body_;
  };
  // The time is up.
  class Silence final : public Waiter {
   public:
    Silence(Executor& executor, TimedBody& body) : Waiter(executor), body_(body) {}
    ~Silence() override { cancel(); }
    void fire() override { body_.expire(); }

   private:
    TimedBody& body_;
  };

  void follow(const Frame& frame, Waiter* waiter) {
    if (frame.state != State::pending) {
      timer_.reset();
      silence_.cancel();
      return;
    }
    if (!waiter) return;
    consumers_.add(*waiter);
    if (!timer_) {
      timer_ =
          clocks_.start_timer(saturating_add(clocks_.monotonic_now(), between_bytes_), silence_);
    }
  }

  void expire() {
    timer_.reset();
    expired_ = true;
    abort(Kind::connection_read_timeout);
    consumers_.wake_all();
  }

  Clocks& clocks_;
  WaitList consumers_;
  Arrival arrival_;
  Silence silence_;
  uint64_t between_bytes_;
  std::unique_ptr<Timer> timer_;
  bool expired_ = false;
};

}  // namespace

OutgoingCall::OutgoingCall(const Context& context, http::Request request, const Timeouts& timeouts)
    : context_(context),
      timeouts_(timeouts),
      exchange_(make_ref<ChildExchange>(*context.exchange)),
      deadline_(context.executor, *this) {
  request.body = std::make_unique<ExchangeBody>(std::move(request.body), exchange_);
  if (timeouts.first_byte) {
    uint64_t limit = saturating_add(timeouts.connect.value_or(0), *timeouts.first_byte);
    timer_ = context.clocks.start_timer(
        saturating_add(context.clocks.monotonic_now(), std::max<uint64_t>(limit, 1)), deadline_);
  }
  task_ = run(*context.outgoing, std::move(request));
  task_.start();
}

OutgoingCall::~OutgoingCall() = default;

io::Task<void> OutgoingCall::run(http::Handler& handler, http::Request request) {
  auto result = co_await handler.handle(std::move(request), *exchange_);
  finish(std::move(result));
}

void OutgoingCall::finish(Result<http::Response, http::ErrorCode> result) {
  if (result_) return;
  timer_.reset();
  if (result) {
    http::BodyPtr& body = result->body;
    if (timeouts_.between_bytes) {
      body = std::make_unique<TimedBody>(std::move(body), exchange_, context_,
                                         *timeouts_.between_bytes);
    } else {
      body = std::make_unique<ExchangeBody>(std::move(body), exchange_);
    }
  }
  result_ = std::move(result);
  waiters_.wake_all();
}

void OutgoingCall::expire() {
  if (result_) return;
  task_ = {};
  finish(Err(http::ErrorCode(Kind::connection_read_timeout)));
}

Result<http::Response, http::ErrorCode> OutgoingCall::take() {
  WEIR_ASSERT(result_);
  return std::move(*result_);
}

}  // namespace weir::wasi
