#pragma once

#include "http/error_code.h"
#include "tls/failure.h"

namespace weir::http::client {

// What a TLS failure is to whoever sent a request.
ErrorCode of_tls_failure(const tls::Failure& failure);

}  // namespace weir::http::client
