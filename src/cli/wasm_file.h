#pragma once

#include <string>

#include "util/bytes.h"
#include "util/result.h"

namespace weir::cli {

// Reads a core module or a component, as a binary or as text; the bytes are a binary's and
// otherwise unchecked. The error names the file.
Result<Bytes> read_wasm(const std::string& path);

}  // namespace weir::cli
