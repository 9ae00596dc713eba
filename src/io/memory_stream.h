#pragma once

#include <memory>
#include <utility>

#include "io/stream.h"

namespace weir::io {

// Two ends of a pipe within this process; what one writes the other reads. Each
// direction holds at most `capacity` bytes. Both ends live on one executor.
std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> memory_stream_pair(
    size_t capacity = 64 << 10);

}  // namespace weir::io
