// wasi:http/types: response-outparam, incoming-response, outgoing-response,
// future-incoming-response.
#include "wasi/p2/http/error_codes.h"
#include "wasi/p2/http/fields.h"
#include "wasi/p2/http/incoming.h"
#include "wasi/p2/http/outgoing.h"
#include "wasi/p2/http/response_receiver.h"
#include "wasi/p2/http/types_host.h"
#include "wasi/p2/resources.h"

namespace weir::wasi::p2 {
namespace {

using component::OrTrap;
using Done = Result<void, Unit>;

template <class T>
Result<std::unique_ptr<T>, Unit> once(std::unique_ptr<T> made) {
  if (!made) return Err(Unit{});
  return Result<std::unique_ptr<T>, Unit>(std::move(made));
}

}  // namespace

OrTrap<Result<void, http_types::ErrorCode>> HttpTypesHost::response_outparam_send_informational(
    Call&, ResponseOutparam& self, uint16_t status, Own<Fields> headers) {
  using Sent = Result<void, ErrorCode>;
  // 100 is the host's to send, 101 would need a tunnel.
  if (status < 102 || status > 199) return Sent(Err(ErrorCode::http_protocol_error()));
  self.inform({status, headers->list().fields()});
  return Sent();
}

OrTrap<void> HttpTypesHost::response_outparam_set(
    Call&, Own<ResponseOutparam> param, Result<Own<OutgoingResponse>, ErrorCode> response) {
  if (!response) {
    param->respond(Err(from_wasi(response.error())));
  } else {
    param->respond((*response)->to_response(param->head()));
  }
  return {};
}

OrTrap<uint16_t> HttpTypesHost::incoming_response_status(Call&, IncomingResponse& self) {
  return self.status();
}

OrTrap<std::unique_ptr<http_types::Fields>> HttpTypesHost::incoming_response_headers(
    Call&, IncomingResponse& self) {
  return self.message().headers();
}

OrTrap<Result<std::unique_ptr<http_types::IncomingBody>, Unit>>
HttpTypesHost::incoming_response_consume(Call&, IncomingResponse& self) {
  return once(self.message().consume());
}

OrTrap<std::unique_ptr<http_types::OutgoingResponse>> HttpTypesHost::make_outgoing_response(
    Call&, Own<Fields> headers) {
  return std::make_unique<OutgoingResponse>(headers->shared());
}

OrTrap<uint16_t> HttpTypesHost::outgoing_response_status_code(Call&, OutgoingResponse& self) {
  return self.status;
}

OrTrap<Done> HttpTypesHost::outgoing_response_set_status_code(Call&, OutgoingResponse& self,
                                                              uint16_t status_code) {
  if (status_code < 100 || status_code > 999) return Done(Err(Unit{}));
  self.status = status_code;
  return Done();
}

OrTrap<std::unique_ptr<http_types::Fields>> HttpTypesHost::outgoing_response_headers(
    Call&, OutgoingResponse& self) {
  return self.message.headers();
}

OrTrap<Result<std::unique_ptr<http_types::OutgoingBody>, Unit>>
HttpTypesHost::outgoing_response_body(Call&, OutgoingResponse& self) {
  return once(self.message.make_body(context_.grants.limits));
}

OrTrap<std::unique_ptr<io_poll::Pollable>> HttpTypesHost::future_incoming_response_subscribe(
    Call&, FutureIncomingResponse& self) {
  return std::make_unique<Pollable>(self);
}

OrTrap<std::optional<
    Result<Result<std::unique_ptr<http_types::IncomingResponse>, http_types::ErrorCode>, Unit>>>
HttpTypesHost::future_incoming_response_get(Call&, FutureIncomingResponse& self) {
  using Response = Result<Own<IncomingResponse>, ErrorCode>;
  using Once = Result<Response, Unit>;
  if (!self.ready()) return std::optional<Once>();
  if (std::exchange(self.taken, true)) return std::optional<Once>(Once(Err(Unit{})));
  Result<http::Response, http::ErrorCode> result = self.take();
  if (!result) return std::optional<Once>(Once(Response(Err(to_wasi(result.error())))));
  return std::optional<Once>(Once(Response(std::make_unique<IncomingResponse>(
      std::move(result).value(), context_.grants.field_rules, context_.grants.limits.budget))));
}

}  // namespace weir::wasi::p2
