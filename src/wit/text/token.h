#pragma once

#include <cstdint>
#include <string_view>

#include "wit/span.h"

namespace weir::wit {

enum class TokenKind : uint8_t {
  end,
  comment,

  equals,
  comma,
  colon,
  period,
  semicolon,
  left_paren,
  right_paren,
  left_brace,
  right_brace,
  less_than,
  greater_than,
  arrow,
  star,
  at,
  slash,
  plus,
  minus,

  integer,
  string_literal,
  identifier,
  // `%name`
  explicit_identifier,

  kw_as,
  kw_async,
  kw_bool,
  kw_borrow,
  kw_char,
  kw_constructor,
  kw_enum,
  kw_error_context,
  kw_export,
  kw_f32,
  kw_f64,
  kw_flags,
  kw_from,
  kw_func,
  kw_future,
  kw_import,
  kw_include,
  kw_interface,
  kw_list,
  kw_map,
  kw_option,
  kw_own,
  kw_package,
  kw_record,
  kw_resource,
  kw_result,
  kw_s16,
  kw_s32,
  kw_s64,
  kw_s8,
  kw_static,
  kw_stream,
  kw_string,
  kw_tuple,
  kw_type,
  kw_u16,
  kw_u32,
  kw_u64,
  kw_u8,
  kw_underscore,
  kw_use,
  kw_variant,
  kw_with,
  kw_world,
};

struct Token {
  TokenKind kind;
  Span span;
};

// How a message names the token: "`{`", "an identifier", "the keyword `use`".
std::string_view describe(TokenKind kind);

// The keyword that `text` is, or `identifier`.
TokenKind keyword(std::string_view text);

}  // namespace weir::wit
