#pragma once

#include <cstddef>
#include <string>

#include "util/result.h"

namespace weir {

// Everything that `path` holds, be it a file, a pipe or a device. The error is a value of `errno`:
// EFBIG if there are more than `max_size` bytes.
Result<std::string, int> read_whole_file(const std::string& path, size_t max_size);

}  // namespace weir
