#pragma once

#include <optional>

#include "http/handler.h"
#include "wasi/context.h"
#include "wasi/http/child_exchange.h"

namespace weir::wasi {

// One request that a guest sends through `Context::outgoing`. Destroying it before the response was
// taken cancels the request; a response that was taken lives on its own.
class OutgoingCall {
 public:
  // Starts at once. `context.outgoing` and `context.exchange` are not null.
  OutgoingCall(const Context& context, http::Request request);
  OutgoingCall(const OutgoingCall&) = delete;
  OutgoingCall& operator=(const OutgoingCall&) = delete;

  bool done() const { return result_.has_value(); }
  // Once it is done.
  Result<http::Response, http::ErrorCode> take();
  // Wakes `waiter` when it is done.
  void watch(Waiter& waiter) { waiters_.add(waiter); }

 private:
  io::Task<void> run(http::Handler& handler, http::Request request);

  Ref<ChildExchange> exchange_;
  std::optional<Result<http::Response, http::ErrorCode>> result_;
  WaitList waiters_;
  // Last, so that cancelling it finds the rest alive.
  io::Task<void> task_;
};

}  // namespace weir::wasi
