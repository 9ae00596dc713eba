#pragma once

#include <optional>

#include "http/handler.h"
#include "wasi/context.h"
#include "wasi/http/child_exchange.h"

namespace weir::wasi {

// How long an outgoing request may take, in nanoseconds; none is left to who sends it.
struct Timeouts {
  std::optional<uint64_t> connect;
  std::optional<uint64_t> first_byte;
  std::optional<uint64_t> between_bytes;
};

// One request that a guest sends through `Context::outgoing`. Destroying it before the response was
// taken cancels the request; a response that was taken lives on its own.
class OutgoingCall {
 public:
  // Starts at once. `context.outgoing` and `context.exchange` are not null.
  OutgoingCall(const Context& context, http::Request request, const Timeouts& timeouts);
  ~OutgoingCall();
  OutgoingCall(const OutgoingCall&) = delete;
  OutgoingCall& operator=(const OutgoingCall&) = delete;

  bool done() const { return result_.has_value(); }
  // Once it is done.
  Result<http::Response, http::ErrorCode> take();
  // Wakes `waiter` when it is done.
  void watch(Waiter& waiter) { waiters_.add(waiter); }

 private:
  class Deadline final : public Waiter {
   public:
    Deadline(Executor& executor, OutgoingCall& call) : Waiter(executor), call_(call) {}
    ~Deadline() override { cancel(); }
    void fire() override { call_.expire(); }

   private:
    OutgoingCall& call_;
  };

  io::Task<void> run(http::Handler& handler, http::Request request);
  void finish(Result<http::Response, http::ErrorCode> result);
  void expire();

  const Context& context_;
  Timeouts timeouts_;
  Ref<ChildExchange> exchange_;
  std::optional<Result<http::Response, http::ErrorCode>> result_;
  WaitList waiters_;
  Deadline deadline_;
  std::unique_ptr<Timer> timer_;
  io::Task<void> task_;
};

}  // namespace weir::wasi
