#include "http/client/destination.h"

#include "http/h1/syntax.h"
#include "util/number.h"

namespace weir::http::client {
namespace {

using Kind = ErrorCode::Kind;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return result;
}

}  // namespace

Result<Destination, ErrorCode> destination_of(const Request& request) {
  Destination to;
  if (!h1::is_token(request.method)) return Err(ErrorCode(Kind::http_request_method_invalid));
  bool connect = request.method == "CONNECT";
  to.scheme = connect ? "https" : lower(request.scheme);
  if (to.scheme != "http" && to.scheme != "https") return Err(ErrorCode(Kind::http_protocol_error));

  std::string_view authority = request.authority;
  // User names and passwords never reach the wire.
  if (size_t at = authority.rfind('@'); at != std::string_view::npos)
    authority.remove_prefix(at + 1);
  if (!h1::is_authority(authority)) return Err(ErrorCode(Kind::http_request_uri_invalid));
  to.authority = request.options.host.value_or(std::string(authority));
  std::string_view host = authority, port;
  size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.back() != ']') {
    host = authority.substr(0, colon);
    port = authority.substr(colon + 1);
  }
  if (host.front() == '[') host = host.substr(1, host.size() - 2);
  to.host = lower(host);
  to.port = to.scheme == "https" ? 443 : 80;
  if (!port.empty()) {
    auto number = parse_decimal(port, 65535);
    if (!number || *number == 0) return Err(ErrorCode(Kind::http_request_uri_invalid));
    to.port = static_cast<uint16_t>(*number);
  }

  if (connect) {
    if (port.empty()) return Err(ErrorCode(Kind::http_request_uri_invalid));
    if (to.port == 80) to.scheme = "http";
    return to;
  }

  std::string_view target = request.target;
  if (target.empty()) {
    to.target = "/";
  } else if (target.front() == '?') {
    to.target = "/" + std::string(target);
  } else {
    to.target = target;
  }
  bool asterisk = to.target == "*" && request.method == "OPTIONS";
  if (!h1::is_target(to.target) || (to.target.front() != '/' && !asterisk))
    return Err(ErrorCode(Kind::http_request_uri_invalid));
  return to;
}

}  // namespace weir::http::client
