#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/egress.h"
#include "http/error_code.h"
#include "io/address.h"
#include "io/loop.h"
#include "io/stream.h"
#include "io/task.h"
#include "util/result.h"

namespace weir::http::client {

// The addresses of a host: itself if it is a literal, else what the system's resolver says.
io::Task<Result<std::vector<io::SocketAddress>, ErrorCode>> resolve(io::Loop& loop,
                                                                    std::string host, uint16_t port,
                                                                    uint64_t deadline);

// Connects to the first of `addresses` that the grant allows and that answers, by `deadline`
// (nanoseconds of the loop's clock).
io::Task<Result<std::unique_ptr<io::Stream>, ErrorCode>> connect(
    io::Loop& loop, std::vector<io::SocketAddress> addresses, EgressPolicy::Grant grant,
    uint64_t deadline);

}  // namespace weir::http::client
