#pragma once

#include <string>

namespace weir {

// Appends the UTF-8 of a Unicode scalar value (RFC 3629 section 3).
void append_utf8(std::string& to, char32_t c);

}  // namespace weir
