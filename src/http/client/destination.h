#pragma once

#include <cstdint>
#include <string>

#include "http/error_code.h"
#include "http/message.h"
#include "util/result.h"

namespace weir::http::client {

// Where a request goes and what its head says about that.
struct Destination {
  std::string scheme;  // "http" or "https"
  std::string host;    // lower case, without brackets
  uint16_t port = 0;
  std::string authority;  // for Host: as written, without userinfo, unless the request names it
  std::string target;     // origin-form, or "*"

  // Which server that is.
  std::string key() const { return scheme + " " + host + " " + std::to_string(port); }
};

// Checks method, scheme, authority and target of a request (wasi:http's error codes: a bad method
// is HTTP-request-method-invalid, an unknown scheme HTTP-protocol-error, anything else
// HTTP-request-URI-invalid). Of a CONNECT it is its authority, which has a port; the scheme is the
// one whose default that port is, else "https".
Result<Destination, ErrorCode> destination_of(const Request& request);

}  // namespace weir::http::client
