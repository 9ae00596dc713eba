#include "http/client/destination.h"

#include "http/h1/syntax.h"
#include "util/number.h"

namespace weir::http::client {

Result<Destination, ErrorCode> destination_of(const Request& request) {
  if (request.scheme == "https") return Err(ErrorCode(ErrorCode::Kind::configuration_error));
  if (request.scheme != "http") return Err(ErrorCode(ErrorCode::Kind::http_protocol_error));
  std::string_view authority = request.authority;
  if (size_t at = authority.rfind('@'); at != std::string_view::npos)
    authority.remove_prefix(at + 1);
  if (!h1::is_authority(authority))
    return Err(ErrorCode(ErrorCode::Kind::http_request_uri_invalid));
  Destination destination;
  destination.host_field = authority;
  size_t bracket = authority.find(']');
  size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  std::string_view host = authority.substr(0, colon);
  if (host.front() == '[') host = host.substr(1, host.size() - 2);
  destination.host = host;
  if (colon != std::string_view::npos && colon + 1 < authority.size()) {
    auto port = parse_decimal(authority.substr(colon + 1), 65535);
    if (!port || *port == 0) return Err(ErrorCode(ErrorCode::Kind::http_request_uri_invalid));
    destination.port = static_cast<uint16_t>(*port);
  }
  return destination;
}

}  // namespace weir::http::client
