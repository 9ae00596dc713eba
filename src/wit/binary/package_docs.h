#pragma once

#include <string>

#include "wit/resolve.h"

// The docs and gates of a package as JSON: what the custom section `package-docs` of a binary WIT
// package holds after its version byte, in the form that `wasm-tools` reads and writes.
namespace weir::wit::binary {

std::string package_docs(const Resolve& resolve, PackageId id);

}  // namespace weir::wit::binary
