#pragma once

#include "wasi/context.h"
#include "wasi/p2/http_outgoing_handler.h"

namespace weir::wasi::p2 {

// wasi:http/outgoing-handler: sends through `Context::outgoing`.
class OutgoingHandlerHost final : public http_outgoing_handler::Host {
 public:
  explicit OutgoingHandlerHost(const Context& context) : context_(context) {}

  component::OrTrap<
      Result<std::unique_ptr<http_types::FutureIncomingResponse>, http_types::ErrorCode>>
  handle(component::Call& call, std::unique_ptr<http_types::OutgoingRequest> request,
         std::optional<std::unique_ptr<http_types::RequestOptions>> options) override;

 private:
  const Context& context_;
};

}  // namespace weir::wasi::p2
