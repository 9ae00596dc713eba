#pragma once

#include <string_view>

namespace weir::engine {

// The core engine's version, as "48.0.8". Needs no engine to be made.
std::string_view version();

}  // namespace weir::engine
