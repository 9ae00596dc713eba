#pragma once

#include <string>
#include <string_view>

#include "util/result.h"
#include "wit/resolve.h"

// The docs and gates of a package as JSON: what the custom section `package-docs` of a binary WIT
// package holds after its version byte, in the form that `wasm-tools` reads and writes.
namespace weir::wit::binary {

std::string package_docs(const Resolve& resolve, PackageId id);

// Puts them back where they came from. An error if the JSON is bad or speaks of what is not there.
Result<void> apply_package_docs(Resolve& resolve, PackageId id, std::string_view json);

}  // namespace weir::wit::binary
