#pragma once

#include <string>
#include <string_view>

namespace weir {

// Appends `text` to `out` with control bytes, DEL, backslashes and invalid
// UTF-8 as `\xHH`, so that what a guest or a peer said cannot disturb a
// terminal or forge a log line. Tabs stay.
void append_escaped(std::string& out, std::string_view text);

std::string escaped(std::string_view text);

}  // namespace weir
