#pragma once

#include "http/egress.h"
#include "http/handler.h"
#include "io/loop.h"

namespace weir::http::client {

// Sends requests to where their authority says, over HTTP/1.1, as far as a policy allows. One a
// loop. A connection serves one request.
class Client final : public Handler {
 public:
  // `policy` outlives it.
  Client(io::Loop& loop, const EgressPolicy& policy) : loop_(loop), policy_(policy) {}

  io::Task<Result<Response, ErrorCode>> handle(Request request, Exchange& exchange) override;

 private:
  io::Loop& loop_;
  const EgressPolicy& policy_;
};

}  // namespace weir::http::client
