#pragma once

#include <memory>

#include "host/app.h"
#include "host/loop_state.h"
#include "http/handler.h"

namespace weir::host {

// An application as a handler of one loop: each request gets a fresh instance. When as many guests
// run as may, requests wait in order for a bounded time, then are answered 503.
class ComponentHandler final : public http::Handler {
 public:
  ComponentHandler(std::shared_ptr<const App> app, io::Loop& loop);
  // Ends the guests that still run.
  ~ComponentHandler() override;

  io::Task<Result<http::Response, http::ErrorCode>> handle(http::Request request,
                                                           http::Exchange& exchange) override;

 private:
  std::shared_ptr<const App> app_;
  LoopState state_;
};

}  // namespace weir::host
