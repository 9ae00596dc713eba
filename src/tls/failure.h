#pragma once

#include <cstdint>
#include <string>

namespace weir::tls {

// Why a TLS connection failed.
struct Failure {
  enum class Kind : uint8_t {
    none,
    transport,       // the connection below broke: `error` is its errno value
    truncated,       // the peer ended the connection below without saying so in TLS (close_notify)
    timeout,         // the handshake took too long
    certificate,     // the peer's certificate is missing, expired, not trusted, or another host's
    alert_received,  // the peer refused: `alert` is the number of its alert (RFC 8446 section 6)
    protocol,        // anything else that the peer did wrong
  };
  Kind kind = Kind::none;
  uint8_t alert = 0;
  int error = 0;
  // For people: what is wrong, such as "certificate has expired".
  std::string text;
};

}  // namespace weir::tls
