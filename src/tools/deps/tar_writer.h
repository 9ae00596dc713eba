#pragma once

#include <string>

#include "tools/deps/files.h"

namespace weir::tools::deps {

// The archive of a package that is the same on every machine: its `*.wit` files in the order of
// their names' bytes, as `wit/NAME`, with GNU headers whose owner and time are 0 and whose mode is
// 0644, or 0755 for an executable file. `deps.lock` holds the digests of these bytes, so they are
// those that `wit-deps` hashes.
std::string tar_of(const Files& files);

}  // namespace weir::tools::deps
