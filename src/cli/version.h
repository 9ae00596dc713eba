#pragma once

#include <string>

namespace weir::cli {

// "weir 0.1.0 (engine: Wasmtime 48.0.8)".
std::string version_text();

}  // namespace weir::cli
