// wasi:http/types: incoming-request, outgoing-request, request-options.
#include "wasi/http/message_rules.h"
#include "wasi/p2/http/fields.h"
#include "wasi/p2/http/incoming.h"
#include "wasi/p2/http/method.h"
#include "wasi/p2/http/outgoing.h"
#include "wasi/p2/http/types_host.h"
#include "wasi/p2/resources.h"

namespace weir::wasi::p2 {
namespace {

using component::OrTrap;
using Done = Result<void, Unit>;

Done refused() { return Err(Unit{}); }

std::optional<std::string> some_if_not_empty(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

template <class T>
Result<std::unique_ptr<T>, Unit> once(std::unique_ptr<T> made) {
  if (!made) return Err(Unit{});
  return Result<std::unique_ptr<T>, Unit>(std::move(made));
}

}  // namespace

OrTrap<http_types::Method> HttpTypesHost::incoming_request_method(Call&, IncomingRequest& self) {
  return to_method(self.method());
}

OrTrap<std::optional<std::string>> HttpTypesHost::incoming_request_path_with_query(
    Call&, IncomingRequest& self) {
  return some_if_not_empty(self.target());
}

OrTrap<std::optional<http_types::Scheme>> HttpTypesHost::incoming_request_scheme(
    Call&, IncomingRequest& self) {
  return std::optional<Scheme>(to_scheme(self.scheme()));
}

OrTrap<std::optional<std::string>> HttpTypesHost::incoming_request_authority(
    Call&, IncomingRequest& self) {
  return some_if_not_empty(self.authority());
}

OrTrap<std::unique_ptr<http_types::Fields>> HttpTypesHost::incoming_request_headers(
    Call&, IncomingRequest& self) {
  return self.message().headers();
}

OrTrap<Result<std::unique_ptr<http_types::IncomingBody>, Unit>>
HttpTypesHost::incoming_request_consume(Call&, IncomingRequest& self) {
  return once(self.message().consume());
}

OrTrap<std::unique_ptr<http_types::OutgoingRequest>> HttpTypesHost::make_outgoing_request(
    Call&, Own<Fields> headers) {
  return std::make_unique<OutgoingRequest>(headers->shared(), holdings_);
}

OrTrap<Result<std::unique_ptr<http_types::OutgoingBody>, Unit>>
HttpTypesHost::outgoing_request_body(Call&, OutgoingRequest& self) {
  return once(self.message.make_body(context_.grants.limits));
}

OrTrap<http_types::Method> HttpTypesHost::outgoing_request_method(Call&, OutgoingRequest& self) {
  return to_method(self.method);
}

OrTrap<Done> HttpTypesHost::outgoing_request_set_method(Call&, OutgoingRequest& self,
                                                        Method method) {
  std::optional<std::string> text = from_method(std::move(method));
  if (!text || !self.set(&OutgoingRequest::method, std::move(*text))) return refused();
  return Done();
}

OrTrap<std::optional<std::string>> HttpTypesHost::outgoing_request_path_with_query(
    Call&, OutgoingRequest& self) {
  return self.path_with_query;
}

OrTrap<Done> HttpTypesHost::outgoing_request_set_path_with_query(
    Call&, OutgoingRequest& self, std::optional<std::string> path_with_query) {
  if (path_with_query && !is_path_with_query(*path_with_query)) return refused();
  if (!self.set(&OutgoingRequest::path_with_query, std::move(path_with_query))) return refused();
  return Done();
}

OrTrap<std::optional<http_types::Scheme>> HttpTypesHost::outgoing_request_scheme(
    Call&, OutgoingRequest& self) {
  if (!self.scheme) return std::optional<Scheme>();
  return std::optional<Scheme>(to_scheme(*self.scheme));
}

OrTrap<Done> HttpTypesHost::outgoing_request_set_scheme(Call&, OutgoingRequest& self,
                                                        std::optional<Scheme> scheme) {
  std::optional<std::string> text;
  if (scheme) {
    text = from_scheme(std::move(*scheme));
    if (!text) return refused();
  }
  if (!self.set(&OutgoingRequest::scheme, std::move(text))) return refused();
  return Done();
}

OrTrap<std::optional<std::string>> HttpTypesHost::outgoing_request_authority(
    Call&, OutgoingRequest& self) {
  return self.authority;
}

OrTrap<Done> HttpTypesHost::outgoing_request_set_authority(Call&, OutgoingRequest& self,
                                                           std::optional<std::string> authority) {
  if (authority && !is_authority(*authority)) return refused();
  if (!self.set(&OutgoingRequest::authority, std::move(authority))) return refused();
  return Done();
}

OrTrap<std::unique_ptr<http_types::Fields>> HttpTypesHost::outgoing_request_headers(
    Call&, OutgoingRequest& self) {
  return self.message.headers();
}

OrTrap<std::unique_ptr<http_types::RequestOptions>> HttpTypesHost::make_request_options(Call&) {
  return std::make_unique<RequestOptions>();
}

OrTrap<std::optional<uint64_t>> HttpTypesHost::request_options_connect_timeout(
    Call&, RequestOptions& self) {
  return self.options.connect_timeout_ns;
}

OrTrap<Done> HttpTypesHost::request_options_set_connect_timeout(Call&, RequestOptions& self,
                                                                std::optional<uint64_t> duration) {
  self.options.connect_timeout_ns = duration;
  return Done();
}

OrTrap<std::optional<uint64_t>> HttpTypesHost::request_options_first_byte_timeout(
    Call&, RequestOptions& self) {
  return self.options.first_byte_timeout_ns;
}

OrTrap<Done> HttpTypesHost::request_options_set_first_byte_timeout(
    Call&, RequestOptions& self, std::optional<uint64_t> duration) {
  self.options.first_byte_timeout_ns = duration;
  return Done();
}

OrTrap<std::optional<uint64_t>> HttpTypesHost::request_options_between_bytes_timeout(
    Call&, RequestOptions& self) {
  return self.options.between_bytes_timeout_ns;
}

OrTrap<Done> HttpTypesHost::request_options_set_between_bytes_timeout(
    Call&, RequestOptions& self, std::optional<uint64_t> duration) {
  self.options.between_bytes_timeout_ns = duration;
  return Done();
}

}  // namespace weir::wasi::p2
