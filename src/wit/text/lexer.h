#pragma once

#include <string_view>
#include <vector>

#include "wit/error.h"
#include "wit/text/token.h"

namespace weir::wit {

// Splits a file into tokens, comments among them; the last one is `end`. `offset` is where the
// text lies in the `SourceMap`. Takes time linear in the text.
WitResult<std::vector<Token>> lex(std::string_view text, uint32_t offset);
// The same, into `tokens` in place of what is there, so that many texts need memory but once.
WitResult<void> lex(std::string_view text, uint32_t offset, std::vector<Token>& tokens);

// How long the comment is that the text begins with; `npos` if it has no end.
size_t comment_size(std::string_view text);

// About how many tokens a text has.
constexpr size_t usual_tokens(size_t text) { return text / 6 + 1; }

}  // namespace weir::wit
