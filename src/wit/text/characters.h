#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wit/error.h"

namespace weir::wit {

// One Unicode scalar value at the front of a text. `bytes` is 0 if the text is empty or what
// stands there is not UTF-8.
struct Decoded {
  char32_t value;
  uint32_t bytes;
};
Decoded decode_utf8(std::string_view text);

// Checks that a file is UTF-8 without the characters that WIT forbids (controls, bidirectional
// overrides, deprecated ones). `offset` is where the text lies in the `SourceMap`.
WitResult<void> check_characters(std::string_view text, uint32_t offset);

// Whether `name` is kebab-case as WIT wants it: words separated by `-`, the first beginning with
// a letter, each all lower-case or all upper-case, digits anywhere else.
bool is_kebab_case(std::string_view name);

// Reads the inside of a string literal, its quotes included, or nothing if an escape in it is bad
// or the result is not UTF-8.
std::optional<std::string> unescape(std::string_view literal);

}  // namespace weir::wit
