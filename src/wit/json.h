#pragma once

#include <string>

#include "wit/resolve.h"

namespace weir::wit {

// Everything in a `Resolve` as JSON, in the form that `wasm-tools component wit --json` has: the
// four arenas as arrays, references as indices into them.
std::string to_json(const Resolve& resolve);

}  // namespace weir::wit
