#include "wasi/p2/http/outgoing_handler.h"

#include "wasi/p2/http/error_codes.h"
#include "wasi/p2/http/outgoing.h"
#include "wasi/p2/resources.h"

namespace weir::wasi::p2 {

component::OrTrap<
    Result<std::unique_ptr<http_types::FutureIncomingResponse>, http_types::ErrorCode>>
OutgoingHandlerHost::handle(component::Call&, std::unique_ptr<http_types::OutgoingRequest> request,
                            std::optional<std::unique_ptr<http_types::RequestOptions>> options) {
  using Sent = Result<std::unique_ptr<http_types::FutureIncomingResponse>, http_types::ErrorCode>;
  Result<http::Request, http::ErrorCode> made = request->to_request();
  if (!made) return Sent(Err(to_wasi(made.error())));
  if (!context_.outgoing) return Sent(Err(http_types::ErrorCode::http_request_denied()));
  if (options) made->options = (*options)->options;
  return Sent(
      std::make_unique<http_types::FutureIncomingResponse>(context_, std::move(made).value()));
}

}  // namespace weir::wasi::p2
