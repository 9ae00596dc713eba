#pragma once

#include <string>

#include "util/bytes.h"
#include "util/result.h"

namespace weir::host {

// The binary form of a component that a file holds as WebAssembly binary or as text. `path` is for
// the error, which says what the file is instead.
Result<Bytes> component_binary(const std::string& path, const Bytes& content);

// The same of any file that `load_component` takes, compiled ones included.
Result<Bytes> read_component_binary(const std::string& path);

}  // namespace weir::host
