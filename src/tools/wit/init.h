#pragma once

#include <string>
#include <vector>

#include "util/result.h"

namespace weir::tools {

// Writes a new folder of WIT for an official world: a package with a world of the same name that
// includes it, and in `deps` the official packages that it needs. Returns the paths of the files
// that were written. An error if there is WIT in the folder already, or no such world.
Result<std::vector<std::string>> init_wit(const std::string& world, const std::string& folder);

}  // namespace weir::tools
