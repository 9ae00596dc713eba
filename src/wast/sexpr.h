#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.h"

namespace weir::wast {

// One expression of a script: an atom, a string or a list, with the place where it is written.
struct Sexpr {
  enum class Kind : uint8_t { atom, string, list };

  Kind kind = Kind::atom;
  // The atom as it is written; the bytes of a string, escapes resolved.
  std::string text;
  std::vector<Sexpr> items;
  // Bytes in the source, [begin, end).
  size_t begin = 0;
  size_t end = 0;
  // From 1.
  uint32_t line = 0;

  bool is_atom(std::string_view word) const { return kind == Kind::atom && text == word; }
  bool is_list(std::string_view head) const {
    return kind == Kind::list && !items.empty() && items[0].is_atom(head);
  }
  // `$name`.
  bool is_id() const { return kind == Kind::atom && text.starts_with("$"); }
};

// Reads the expressions of a text in the lexical format of WebAssembly: `;;` and `(; ;)` comments,
// strings with escapes. The error names a line.
Result<std::vector<Sexpr>> parse_sexprs(std::string_view source);

}  // namespace weir::wast
