#pragma once

#include <map>
#include <string>

#include "util/result.h"
#include "wit/resolve.h"

namespace weir::wit {

// What stands for interfaces of a world in names of the language, by what the world calls them:
// `wasi:http/types@0.2.12`, or a plain name.
using Renames = std::map<std::string, std::string>;

// Refuses names for what the world does not have, and one name for two interfaces.
Result<void> check_renames(const Resolve& resolve, WorldId world, const Renames& renames);

}  // namespace weir::wit
