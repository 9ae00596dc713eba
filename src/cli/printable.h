#pragma once

#include <string>
#include <string_view>

namespace weir::cli {

// `text` with everything escaped that could disturb a terminal; its line breaks stay.
std::string printable(std::string_view text);

}  // namespace weir::cli
