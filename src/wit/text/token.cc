#include "wit/text/token.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace weir::wit {
namespace {

struct Keyword {
  std::string_view text;
  TokenKind kind;
  std::string_view description;
};

// Sorted by text.
constexpr Keyword kKeywords[] = {
    {"_", TokenKind::kw_underscore, "`_`"},
    {"as", TokenKind::kw_as, "the keyword `as`"},
    {"async", TokenKind::kw_async, "the keyword `async`"},
    {"bool", TokenKind::kw_bool, "the keyword `bool`"},
    {"borrow", TokenKind::kw_borrow, "the keyword `borrow`"},
    {"char", TokenKind::kw_char, "the keyword `char`"},
    {"constructor", TokenKind::kw_constructor, "the keyword `constructor`"},
    {"enum", TokenKind::kw_enum, "the keyword `enum`"},
    {"error-context", TokenKind::kw_error_context, "the keyword `error-context`"},
    {"export", TokenKind::kw_export, "the keyword `export`"},
    {"f32", TokenKind::kw_f32, "the keyword `f32`"},
    {"f64", TokenKind::kw_f64, "the keyword `f64`"},
    {"flags", TokenKind::kw_flags, "the keyword `flags`"},
    {"from", TokenKind::kw_from, "the keyword `from`"},
    {"func", TokenKind::kw_func, "the keyword `func`"},
    {"future", TokenKind::kw_future, "the keyword `future`"},
    {"import", TokenKind::kw_import, "the keyword `import`"},
    {"include", TokenKind::kw_include, "the keyword `include`"},
    {"interface", TokenKind::kw_interface, "the keyword `interface`"},
    {"list", TokenKind::kw_list, "the keyword `list`"},
    {"map", TokenKind::kw_map, "the keyword `map`"},
    {"option", TokenKind::kw_option, "the keyword `option`"},
    {"own", TokenKind::kw_own, "the keyword `own`"},
    {"package", TokenKind::kw_package, "the keyword `package`"},
    {"record", TokenKind::kw_record, "the keyword `record`"},
    {"resource", TokenKind::kw_resource, "the keyword `resource`"},
    {"result", TokenKind::kw_result, "the keyword `result`"},
    {"s16", TokenKind::kw_s16, "the keyword `s16`"},
    {"s32", TokenKind::kw_s32, "the keyword `s32`"},
    {"s64", TokenKind::kw_s64, "the keyword `s64`"},
    {"s8", TokenKind::kw_s8, "the keyword `s8`"},
    {"static", TokenKind::kw_static, "the keyword `static`"},
    {"stream", TokenKind::kw_stream, "the keyword `stream`"},
    {"string", TokenKind::kw_string, "the keyword `string`"},
    {"tuple", TokenKind::kw_tuple, "the keyword `tuple`"},
    {"type", TokenKind::kw_type, "the keyword `type`"},
    {"u16", TokenKind::kw_u16, "the keyword `u16`"},
    {"u32", TokenKind::kw_u32, "the keyword `u32`"},
    {"u64", TokenKind::kw_u64, "the keyword `u64`"},
    {"u8", TokenKind::kw_u8, "the keyword `u8`"},
    {"use", TokenKind::kw_use, "the keyword `use`"},
    {"variant", TokenKind::kw_variant, "the keyword `variant`"},
    {"with", TokenKind::kw_with, "the keyword `with`"},
    {"world", TokenKind::kw_world, "the keyword `world`"},
};

static_assert(std::ranges::is_sorted(kKeywords, {}, &Keyword::text));

// Where the keywords begin whose first letter is `a` + i; the last entry is where those end.
constexpr auto kByLetter = [] {
  std::array<uint8_t, 27> begins{};
  for (size_t letter = 0; letter < begins.size(); ++letter) {
    size_t at = 0;
    while (at < std::size(kKeywords) && kKeywords[at].text[0] < static_cast<char>('a' + letter))
      ++at;
    begins[letter] = static_cast<uint8_t>(at);
  }
  return begins;
}();

}  // namespace

std::string_view describe(TokenKind kind) {
  switch (kind) {
    case TokenKind::end:
      return "the end of the file";
    case TokenKind::comment:
      return "a comment";
    case TokenKind::equals:
      return "`=`";
    case TokenKind::comma:
      return "`,`";
    case TokenKind::colon:
      return "`:`";
    case TokenKind::period:
      return "`.`";
    case TokenKind::semicolon:
      return "`;`";
    case TokenKind::left_paren:
      return "`(`";
    case TokenKind::right_paren:
      return "`)`";
    case TokenKind::left_brace:
      return "`{`";
    case TokenKind::right_brace:
      return "`}`";
    case TokenKind::less_than:
      return "`<`";
    case TokenKind::greater_than:
      return "`>`";
    case TokenKind::arrow:
      return "`->`";
    case TokenKind::star:
      return "`*`";
    case TokenKind::at:
      return "`@`";
    case TokenKind::slash:
      return "`/`";
    case TokenKind::plus:
      return "`+`";
    case TokenKind::minus:
      return "`-`";
    case TokenKind::integer:
      return "an integer";
    case TokenKind::string_literal:
      return "a string";
    case TokenKind::identifier:
      return "an identifier";
    case TokenKind::explicit_identifier:
      return "a `%` identifier";
    default:
      return std::ranges::find(kKeywords, kind, &Keyword::kind)->description;
  }
}

TokenKind keyword(std::string_view text) {
  if (text == "_") return TokenKind::kw_underscore;
  if (text.empty() || text[0] < 'a' || text[0] > 'z') return TokenKind::identifier;
  auto letter = static_cast<size_t>(text[0] - 'a');
  for (size_t i = kByLetter[letter]; i < kByLetter[letter + 1]; ++i) {
    // Their second letters and lengths tell nearly all apart.
    std::string_view candidate = kKeywords[i].text;
    if (candidate.size() == text.size() && candidate[1] == text[1] && candidate == text) {
      return kKeywords[i].kind;
    }
  }
  return TokenKind::identifier;
}

}  // namespace weir::wit
