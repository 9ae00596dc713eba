#pragma once

#include <string>
#include <string_view>

namespace weir::cli {

// "weir 0.1.0 (engine: Wasmtime 48.0.8)".
std::string version_text();
// "0.1.0".
std::string_view version_number();

}  // namespace weir::cli
