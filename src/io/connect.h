#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "io/address.h"
#include "io/loop.h"
#include "io/socket_stream.h"
#include "io/task.h"
#include "util/result.h"

namespace weir::io {

// Connects to the first of `addresses` (not empty) that answers, trying them in the way of RFC
// 8305: families in turn, 250 ms or a failure apart. The error is the errno of the first address
// that failed, ETIMEDOUT when none answered within `timeout_ns`. Destroying the task gives up.
Task<Result<std::unique_ptr<SocketStream>, int>> connect(Loop& loop,
                                                         std::vector<SocketAddress> addresses,
                                                         uint64_t timeout_ns);

// The order in which addresses are tried: as given, but the families take turns.
std::vector<SocketAddress> interleaved(const std::vector<SocketAddress>& addresses);

}  // namespace weir::io
