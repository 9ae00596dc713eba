#include "http/error_code.h"

#include <iterator>

namespace weir::http {

std::string_view ErrorCode::name() const {
  static constexpr std::string_view kNames[] = {"DNS-timeout",
                                                "DNS-error",
                                                "destination-not-found",
                                                "destination-unavailable",
                                                "destination-IP-prohibited",
                                                "destination-IP-unroutable",
                                                "connection-refused",
                                                "connection-terminated",
                                                "connection-timeout",
                                                "connection-read-timeout",
                                                "connection-write-timeout",
                                                "connection-limit-reached",
                                                "TLS-protocol-error",
                                                "TLS-certificate-error",
                                                "TLS-alert-received",
                                                "HTTP-request-denied",
                                                "HTTP-request-length-required",
                                                "HTTP-request-body-size",
                                                "HTTP-request-method-invalid",
                                                "HTTP-request-URI-invalid",
                                                "HTTP-request-URI-too-long",
                                                "HTTP-request-header-section-size",
                                                "HTTP-request-header-size",
                                                "HTTP-request-trailer-section-size",
                                                "HTTP-request-trailer-size",
                                                "HTTP-response-incomplete",
                                                "HTTP-response-header-section-size",
                                                "HTTP-response-header-size",
                                                "HTTP-response-body-size",
                                                "HTTP-response-trailer-section-size",
                                                "HTTP-response-trailer-size",
                                                "HTTP-response-transfer-coding",
                                                "HTTP-response-content-coding",
                                                "HTTP-response-timeout",
                                                "HTTP-upgrade-failed",
                                                "HTTP-protocol-error",
                                                "loop-detected",
                                                "configuration-error",
                                                "internal-error"};
  static_assert(std::size(kNames) == static_cast<size_t>(Kind::internal_error) + 1);
  return kNames[static_cast<size_t>(kind_)];
}

std::string ErrorCode::describe() const {
  std::string all(name());
  if (auto detail = text()) all.append(": ").append(*detail);
  if (auto detail = number()) all.append(" (").append(std::to_string(*detail)).append(")");
  return all;
}

uint16_t recommended_status(const ErrorCode& code) {
  using Kind = ErrorCode::Kind;
  switch (code.kind()) {
    case Kind::dns_timeout:
    case Kind::connection_timeout:
    case Kind::connection_read_timeout:
    case Kind::connection_write_timeout:
    case Kind::http_response_timeout:
      return 504;
    case Kind::destination_unavailable:
    case Kind::connection_limit_reached:
      return 503;
    case Kind::http_request_denied:
      return 403;
    case Kind::http_request_length_required:
      return 411;
    case Kind::http_request_body_size:
      return 413;
    case Kind::http_request_method_invalid:
    case Kind::http_request_uri_invalid:
      return 400;
    case Kind::http_request_uri_too_long:
      return 414;
    case Kind::http_request_header_section_size:
    case Kind::http_request_header_size:
    case Kind::http_request_trailer_section_size:
    case Kind::http_request_trailer_size:
      return 431;
    case Kind::destination_not_found:
    case Kind::configuration_error:
    case Kind::internal_error:
      return 500;
    default:
      return 502;
  }
}

}  // namespace weir::http
