#pragma once

#include <string>
#include <vector>

#include "cli/tls_options.h"
#include "server/server.h"

namespace weir::cli {

// Listens on each address; with `certificates` (may be null) over TLS, whose buffers count in
// `budget`. Both outlive the listeners.
Result<std::vector<server::Listener>> listen(const std::vector<std::string>& addresses,
                                             const Certificates* certificates,
                                             uint64_t handshake_timeout_ns, ByteBudget& budget);

// "http://127.0.0.1:8080/" or "unix:/run/weir.sock".
std::string url_of(const server::Listener& listener);

}  // namespace weir::cli
