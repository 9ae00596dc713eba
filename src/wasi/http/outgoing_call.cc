#include "wasi/http/outgoing_call.h"

namespace weir::wasi {
namespace {

// A body that keeps its exchange alive.
class ExchangeBody final : public http::Body {
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

}  // namespace

OutgoingCall::OutgoingCall(const Context& context, http::Request request)
    : exchange_(make_ref<ChildExchange>(*context.exchange)) {
  request.body = std::make_unique<ExchangeBody>(std::move(request.body), exchange_);
  task_ = run(*context.outgoing, std::move(request));
  task_.start();
}

io::Task<void> OutgoingCall::run(http::Handler& handler, http::Request request) {
  auto result = co_await handler.handle(std::move(request), *exchange_);
  if (result.ok()) {
    result->body = std::make_unique<ExchangeBody>(std::move(result->body), exchange_);
  }
  result_.emplace(std::move(result));
  waiters_.wake_all();
}

Result<http::Response, http::ErrorCode> OutgoingCall::take() {
  WEIR_ASSERT(result_);
  return std::move(*result_);
}

}  // namespace weir::wasi
