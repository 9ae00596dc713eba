#pragma once

#include "http/error_code.h"
#include "http/exchange.h"
#include "http/message.h"
#include "io/task.h"
#include "util/result.h"

namespace weir::http {

// Everything that answers a request: a component, a chain of them, a router,
// the upstream client, a directory of files, a test. The response may come
// while the request's body still flows.
class Handler {
 public:
  virtual ~Handler() = default;

  // Answers `request`. `exchange` outlives the task and both bodies. Destroying
  // the task cancels the work at once; after the response has been returned,
  // destroying its body does.
  virtual io::Task<Result<Response, ErrorCode>> handle(Request request, Exchange& exchange) = 0;
};

}  // namespace weir::http
