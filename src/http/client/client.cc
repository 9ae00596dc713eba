#include "http/client/client.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "http/client/connect.h"
#include "http/client/destination.h"
#include "http/client/upstream.h"
#include "io/timer.h"
#include "io/wakeup.h"

namespace weir::http::client {
namespace {

using Kind = ErrorCode::Kind;

constexpr uint64_t kDefaultTimeout = 600'000'000'000;

uint64_t deadline_in(io::Loop& loop, std::optional<uint64_t> timeout) {
  return loop.now() + std::max<uint64_t>(1, timeout.value_or(kDefaultTimeout));
}

class Alarm final : public io::Timer {
 public:
  explicit Alarm(Waiter& waiter) : waiter_(waiter) {}
  bool over = false;

 private:
  void expired() override {
    over = true;
    waiter_.wake();
  }
  Waiter& waiter_;
};

// The content of a response: the rest of what its connection carries.
class UpstreamBody final : public Body {
 public:
  explicit UpstreamBody(std::unique_ptr<Upstream> upstream) : upstream_(std::move(upstream)) {}
  Frame poll(size_t max, Waiter* waiter) override { return upstream_->poll_body(max, waiter); }
  void abort(ErrorCode code) override { upstream_->close(std::move(code)); }
  std::optional<uint64_t> length() const override { return upstream_->length_left(); }

 private:
  std::unique_ptr<Upstream> upstream_;
};

}  // namespace

io::Task<Result<Response, ErrorCode>> Client::handle(Request request, Exchange&) {
  using Answer = Result<Response, ErrorCode>;
  auto destination = destination_of(request);
  if (!destination.ok()) co_return Answer(Err(destination.error()));
  auto grant = policy_.check_name(request.scheme, destination->host, destination->port);
  if (grant == EgressPolicy::Grant::denied)
    co_return Answer(Err(ErrorCode(Kind::http_request_denied)));
  uint64_t connect_by = deadline_in(loop_, request.options.connect_timeout_ns);
  auto addresses = co_await resolve(loop_, destination->host, destination->port, connect_by);
  if (!addresses.ok()) co_return Answer(Err(addresses.error()));
  auto stream = co_await connect(loop_, std::move(*addresses), grant, connect_by);
  if (!stream.ok()) co_return Answer(Err(stream.error()));

  auto first_byte = request.options.first_byte_timeout_ns;
  auto upstream = std::make_unique<Upstream>(loop_, std::move(*stream), std::move(request),
                                             destination->host_field);
  io::Wakeup wakeup(loop_);
  Alarm alarm(wakeup);
  alarm.arm(loop_, deadline_in(loop_, first_byte));
  upstream->start(wakeup);
  while (true) {
    auto head = upstream->poll_head(wakeup);
    if (head) {
      if (!head->ok()) co_return Answer(Err(head->error()));
      Response response;
      response.status = (*head)->status;
      response.fields = std::move((*head)->fields);
      response.body = std::make_unique<UpstreamBody>(std::move(upstream));
      co_return Answer(std::move(response));
    }
    if (alarm.over) co_return Answer(Err(ErrorCode(Kind::connection_read_timeout)));
    co_await wakeup;
  }
}

}  // namespace weir::http::client
