#pragma once

#include <string>
#include <string_view>

#include "http/error_code.h"

namespace weir::http::proxy {

// What the proxy NAME says of an answer that it made because of `code`: a value of Proxy-Status
// (RFC 9209 section 2).
std::string proxy_status(std::string_view name, const ErrorCode& code);

}  // namespace weir::http::proxy
