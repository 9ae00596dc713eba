#include "wit/bindgen/c/names.h"

#include <algorithm>

namespace weir::wit {
namespace {

// Keywords of C and C++, macros of the standard library, and the parameters that the bindings add.
// Sorted.
constexpr std::string_view kTaken[] = {
    "_Packed",
    "alignas",
    "alignof",
    "and",
    "and_eq",
    "asm",
    "atomic_cancel",
    "atomic_commit",
    "atomic_noexcept",
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
    "err",
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
    "long",
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
    "reflexpr",
    "register",
    "reinterpret_cast",
    "requires",
    "restrict",
    "ret",
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
    "synchronized",
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

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_word(char c) { return is_upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

std::string c_snake_case(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (is_word(c)) {
      out.push_back(is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c);
    } else if (!out.empty() && out.back() != '_') {
      out.push_back('_');
    }
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out;
}

std::string c_upper_case(std::string_view name) {
  std::string out = c_snake_case(name);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::string c_identifier(std::string_view name) {
  std::string out = c_snake_case(name);
  if (std::ranges::binary_search(kTaken, std::string_view(out))) out.push_back('_');
  return out;
}

bool is_c_name(std::string_view name) {
  auto fits = [](char c) { return is_word(c) || c == '_'; };
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::ranges::all_of(name, fits);
}

const char* c_type(CoreType type) {
  switch (type) {
    case CoreType::i32:
      return "int32_t";
    case CoreType::i64:
      return "int64_t";
    case CoreType::f32:
      return "float";
    case CoreType::f64:
      return "double";
  }
  return "void";
}

}  // namespace weir::wit
