#pragma once

#include <functional>

#include "util/result.h"

namespace weir::cli {

// Runs a verb that works on WIT or WebAssembly files, and gives the exit status.
using Tool = std::function<Result<int>()>;

}  // namespace weir::cli
