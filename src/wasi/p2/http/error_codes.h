#pragma once

#include "http/error_code.h"
#include "wasi/p2/http_types.h"

namespace weir::wasi::p2 {

// `error-code` of wasi:http/types for the host's own and back. Numbers that do not fit are cut to
// the largest that does.
http_types::ErrorCode to_wasi(const http::ErrorCode& code);
http::ErrorCode from_wasi(const http_types::ErrorCode& code);

}  // namespace weir::wasi::p2
