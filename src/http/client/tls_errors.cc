#include "http/client/tls_errors.h"

namespace weir::http::client {

ErrorCode of_tls_failure(const tls::Failure& failure) {
  using Kind = ErrorCode::Kind;
  switch (failure.kind) {
    case tls::Failure::Kind::certificate:
      return Kind::tls_certificate_error;
    case tls::Failure::Kind::alert_received:
      return ErrorCode(Kind::tls_alert_received, failure.text, failure.alert);
    case tls::Failure::Kind::timeout:
      return Kind::connection_timeout;
    case tls::Failure::Kind::transport:
    case tls::Failure::Kind::truncated:
      return Kind::connection_terminated;
    case tls::Failure::Kind::protocol:
    case tls::Failure::Kind::none:
      break;
  }
  return Kind::tls_protocol_error;
}

}  // namespace weir::http::client
