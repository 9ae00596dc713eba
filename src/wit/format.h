#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wit/error.h"

namespace weir::wit {

// A file of WIT text laid out as `print` would: two spaces a level, one item a line, a comma after
// each case and field. Nothing but white space and such commas changes: comments, blank lines
// (at most one at a time), includes and the order of things stay. The text must parse; `offset`
// is where it lies in the `SourceMap`.
WitResult<std::string> format_text(std::string_view text, uint32_t offset);

}  // namespace weir::wit
