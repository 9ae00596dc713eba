#pragma once

#include "wasi/context.h"
#include "wasi/holdings.h"
#include "wasi/p2/http_types.h"

namespace weir::wasi::p2 {

// wasi:http/types. The functions stand in fields_host.cc, requests_host.cc, responses_host.cc and
// bodies_host.cc.
class HttpTypesHost final : public http_types::Host {
 public:
  explicit HttpTypesHost(const Context& context)
      : context_(context), holdings_(context.grants.limits.held) {}

  using Call = component::Call;
  template <class T>
  using OrTrap = component::OrTrap<T>;
  template <class T>
  using Own = std::unique_ptr<T>;
  using Fields = http_types::Fields;
  using FieldValue = http_types::FieldValue;
  using HeaderError = http_types::HeaderError;
  using ErrorCode = http_types::ErrorCode;
  using Method = http_types::Method;
  using Scheme = http_types::Scheme;
  using IncomingRequest = http_types::IncomingRequest;
  using IncomingResponse = http_types::IncomingResponse;
  using IncomingBody = http_types::IncomingBody;
  using FutureTrailers = http_types::FutureTrailers;
  using OutgoingRequest = http_types::OutgoingRequest;
  using OutgoingResponse = http_types::OutgoingResponse;
  using OutgoingBody = http_types::OutgoingBody;
  using RequestOptions = http_types::RequestOptions;
  using ResponseOutparam = http_types::ResponseOutparam;
  using FutureIncomingResponse = http_types::FutureIncomingResponse;
  using Pollable = io_poll::Pollable;
  using Name = std::string_view;
  using Entries = std::vector<std::tuple<std::string, FieldValue>>;

  OrTrap<Own<Fields>> make_fields(Call&) override;
  OrTrap<Result<Own<Fields>, HeaderError>> fields_from_list(Call&, Entries entries) override;
  OrTrap<std::vector<FieldValue>> fields_get(Call&, Fields&, Name name) override;
  OrTrap<bool> fields_has(Call&, Fields&, Name name) override;
  OrTrap<Result<void, HeaderError>> fields_set(Call&, Fields&, Name name,
                                               std::vector<FieldValue> value) override;
  OrTrap<Result<void, HeaderError>> fields_delete(Call&, Fields&, Name name) override;
  OrTrap<Result<void, HeaderError>> fields_append(Call&, Fields&, Name name,
                                                  std::span<const uint8_t> value) override;
  OrTrap<Entries> fields_entries(Call&, Fields&) override;
  OrTrap<Own<Fields>> fields_clone(Call&, Fields&) override;

  OrTrap<Method> incoming_request_method(Call&, IncomingRequest&) override;
  OrTrap<std::optional<std::string>> incoming_request_path_with_query(Call&,
                                                                      IncomingRequest&) override;
  OrTrap<std::optional<Scheme>> incoming_request_scheme(Call&, IncomingRequest&) override;
  OrTrap<std::optional<std::string>> incoming_request_authority(Call&, IncomingRequest&) override;
  OrTrap<Own<Fields>> incoming_request_headers(Call&, IncomingRequest&) override;
  OrTrap<Result<Own<IncomingBody>, Unit>> incoming_request_consume(Call&,
                                                                   IncomingRequest&) override;

  OrTrap<Own<OutgoingRequest>> make_outgoing_request(Call&, Own<Fields> headers) override;
  OrTrap<Result<Own<OutgoingBody>, Unit>> outgoing_request_body(Call&, OutgoingRequest&) override;
  OrTrap<Method> outgoing_request_method(Call&, OutgoingRequest&) override;
  OrTrap<Result<void, Unit>> outgoing_request_set_method(Call&, OutgoingRequest&,
                                                         Method method) override;
  OrTrap<std::optional<std::string>> outgoing_request_path_with_query(Call&,
                                                                      OutgoingRequest&) override;
  OrTrap<Result<void, Unit>> outgoing_request_set_path_with_query(
      Call&, OutgoingRequest&, std::optional<std::string> path_with_query) override;
  OrTrap<std::optional<Scheme>> outgoing_request_scheme(Call&, OutgoingRequest&) override;
  OrTrap<Result<void, Unit>> outgoing_request_set_scheme(Call&, OutgoingRequest&,
                                                         std::optional<Scheme> scheme) override;
  OrTrap<std::optional<std::string>> outgoing_request_authority(Call&, OutgoingRequest&) override;
  OrTrap<Result<void, Unit>> outgoing_request_set_authority(
      Call&, OutgoingRequest&, std::optional<std::string> authority) override;
  OrTrap<Own<Fields>> outgoing_request_headers(Call&, OutgoingRequest&) override;

  OrTrap<Own<RequestOptions>> make_request_options(Call&) override;
  OrTrap<std::optional<uint64_t>> request_options_connect_timeout(Call&, RequestOptions&) override;
  OrTrap<Result<void, Unit>> request_options_set_connect_timeout(
      Call&, RequestOptions&, std::optional<uint64_t> duration) override;
  OrTrap<std::optional<uint64_t>> request_options_first_byte_timeout(Call&,
                                                                     RequestOptions&) override;
  OrTrap<Result<void, Unit>> request_options_set_first_byte_timeout(
      Call&, RequestOptions&, std::optional<uint64_t> duration) override;
  OrTrap<std::optional<uint64_t>> request_options_between_bytes_timeout(Call&,
                                                                        RequestOptions&) override;
  OrTrap<Result<void, Unit>> request_options_set_between_bytes_timeout(
      Call&, RequestOptions&, std::optional<uint64_t> duration) override;

  OrTrap<Result<void, ErrorCode>> response_outparam_send_informational(
      Call&, ResponseOutparam&, uint16_t status, Own<Fields> headers) override;
  OrTrap<void> response_outparam_set(Call&, Own<ResponseOutparam> param,
                                     Result<Own<OutgoingResponse>, ErrorCode> response) override;

  OrTrap<uint16_t> incoming_response_status(Call&, IncomingResponse&) override;
  OrTrap<Own<Fields>> incoming_response_headers(Call&, IncomingResponse&) override;
  OrTrap<Result<Own<IncomingBody>, Unit>> incoming_response_consume(Call&,
                                                                    IncomingResponse&) override;

  OrTrap<Result<Own<io_streams::InputStream>, Unit>> incoming_body_stream(Call&,
                                                                          IncomingBody&) override;
  OrTrap<Own<FutureTrailers>> incoming_body_finish(Call&, Own<IncomingBody> body) override;
  OrTrap<Own<Pollable>> future_trailers_subscribe(Call&, FutureTrailers&) override;
  OrTrap<std::optional<Result<Result<std::optional<Own<Fields>>, ErrorCode>, Unit>>>
  future_trailers_get(Call&, FutureTrailers&) override;

  OrTrap<Own<OutgoingResponse>> make_outgoing_response(Call&, Own<Fields> headers) override;
  OrTrap<uint16_t> outgoing_response_status_code(Call&, OutgoingResponse&) override;
  OrTrap<Result<void, Unit>> outgoing_response_set_status_code(Call&, OutgoingResponse&,
                                                               uint16_t status_code) override;
  OrTrap<Own<Fields>> outgoing_response_headers(Call&, OutgoingResponse&) override;
  OrTrap<Result<Own<OutgoingBody>, Unit>> outgoing_response_body(Call&, OutgoingResponse&) override;

  OrTrap<Result<Own<io_streams::OutputStream>, Unit>> outgoing_body_write(Call&,
                                                                          OutgoingBody&) override;
  OrTrap<Result<void, ErrorCode>> outgoing_body_finish(
      Call&, Own<OutgoingBody> body, std::optional<Own<Fields>> trailers) override;

  OrTrap<Own<Pollable>> future_incoming_response_subscribe(Call&, FutureIncomingResponse&) override;
  OrTrap<std::optional<Result<Result<Own<IncomingResponse>, ErrorCode>, Unit>>>
  future_incoming_response_get(Call&, FutureIncomingResponse&) override;

  OrTrap<std::optional<ErrorCode>> http_error_code(Call&, io_error::Error& err) override;

 private:
  const Context& context_;
  Holdings holdings_;
};

}  // namespace weir::wasi::p2
