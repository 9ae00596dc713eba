#pragma once

#include <cstdint>
#include <string>

#include "http/error_code.h"
#include "http/message.h"
#include "util/result.h"

namespace weir::http::client {

// Where a request goes.
struct Destination {
  // A name, or an address without brackets.
  std::string host;
  uint16_t port = 80;
  // What the Host field says: the authority as written, without userinfo.
  std::string host_field;
};

Result<Destination, ErrorCode> destination_of(const Request& request);

}  // namespace weir::http::client
