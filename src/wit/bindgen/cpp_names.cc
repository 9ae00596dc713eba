#include "wit/bindgen/cpp_names.h"

#include <algorithm>
#include <iterator>

namespace weir::wit {
namespace {

// Keywords, alternative spellings of operators, and macros of common headers. Sorted.
constexpr std::string_view kTaken[] = {
    "alignas",
    "alignof",
    "and",
    "and_eq",
    "asm",
    "assert",
    "auto",
    "bitand",
    "bitor",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "char16_t",
    "char32_t",
    "char8_t",
    "class",
    "co_await",
    "co_return",
    "co_yield",
    "compl",
    "concept",
    "const",
    "const_cast",
    "consteval",
    "constexpr",
    "constinit",
    "continue",
    "decltype",
    "default",
    "delete",
    "do",
    "double",
    "dynamic_cast",
    "else",
    "enum",
    "errno",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "if",
    "inline",
    "int",
    "linux",
    "long",
    "major",
    "minor",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not",
    "not_eq",
    "nullptr",
    "operator",
    "or",
    "or_eq",
    "private",
    "protected",
    "public",
    "register",
    "reinterpret_cast",
    "requires",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "static_assert",
    "static_cast",
    "stderr",
    "stdin",
    "stdout",
    "struct",
    "switch",
    "template",
    "this",
    "thread_local",
    "throw",
    "true",
    "try",
    "typedef",
    "typeid",
    "typename",
    "union",
    "unix",
    "unsigned",
    "using",
    "virtual",
    "void",
    "volatile",
    "wchar_t",
    "while",
    "xor",
    "xor_eq",
};

static_assert(std::ranges::is_sorted(kTaken));

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

std::string title_case(std::string_view kebab) {
  std::string name;
  bool first = true;
  for (char c : kebab) {
    if (c == '-') {
      first = true;
      continue;
    }
    // Two numbers side by side would run together.
    bool digit = c >= '0' && c <= '9';
    if (first && digit && !name.empty() && name.back() >= '0' && name.back() <= '9') {
      name.push_back('_');
    }
    name.push_back(first ? upper(c) : lower(c));
    first = false;
  }
  return name;
}

std::string snake_case(std::string_view kebab) {
  std::string name;
  for (char c : kebab) name.push_back(c == '-' ? '_' : lower(c));
  if (std::ranges::binary_search(kTaken, std::string_view(name))) name.push_back('_');
  return name;
}

}  // namespace weir::wit
