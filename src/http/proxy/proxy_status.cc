#include "http/proxy/proxy_status.h"

#include <algorithm>

namespace weir::http::proxy {
namespace {

using Kind = ErrorCode::Kind;

// The registered type of the error (RFC 9209 section 2.3). Most cases of `error-code` were made
// after these.
std::string type_of(const ErrorCode& code) {
  switch (code.kind()) {
    case Kind::http_request_length_required:
    case Kind::http_request_body_size:
    case Kind::http_request_method_invalid:
    case Kind::http_request_uri_invalid:
    case Kind::http_request_uri_too_long:
    case Kind::http_request_header_section_size:
    case Kind::http_request_header_size:
    case Kind::http_request_trailer_section_size:
    case Kind::http_request_trailer_size:
      return "http_request_error";
    case Kind::loop_detected:
      return "proxy_loop_detected";
    case Kind::configuration_error:
      return "proxy_configuration_error";
    case Kind::internal_error:
      return "proxy_internal_error";
    default:
      break;
  }
  std::string type;
  for (char c : code.name())
    type += c == '-' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return type;
}

// A string of structured fields (RFC 8941 section 3.3.3); what cannot be in one is left out.
void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (char c : text) {
    if (c < 0x20 || c > 0x7e) continue;
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

}  // namespace

std::string proxy_status(std::string_view name, const ErrorCode& code) {
  std::string value(name);
  value += "; error=" + type_of(code);
  if (code.kind() == Kind::dns_error && code.text()) {
    value += "; rcode=";
    append_string(value, *code.text());
  }
  if (code.kind() == Kind::tls_alert_received) {
    if (code.number()) value += "; alert-id=" + std::to_string(*code.number());
    if (code.text()) {
      value += "; alert-message=";
      append_string(value, *code.text());
    }
  }
  return value;
}

}  // namespace weir::http::proxy
