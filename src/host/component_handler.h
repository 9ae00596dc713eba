#pragma once

#include <memory>

#include "host/app.h"
#include "host/loop_state.h"
#include "http/handler.h"

namespace weir::host {

// An application as a handler of one loop: each request gets a fresh instance, and its place among
// the requests that are worked on for as long as that lives.
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
