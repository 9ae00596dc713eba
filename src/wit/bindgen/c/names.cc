#include "wit/bindgen/c/names.h"

#include <algorithm>
#include <iterator>

#include "wit/bindgen/taken_words.h"

namespace weir::wit {
namespace {

// What is taken beside the words of C++: more of C and of its extensions, and the parameters that
// the bindings add.
constexpr std::string_view kTaken[] = {"_Packed",         "atomic_cancel", "atomic_commit",
                                       "atomic_noexcept", "err",           "reflexpr",
                                       "restrict",        "ret",           "synchronized"};

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
  if (is_taken_word(out) || std::ranges::find(kTaken, out) != std::end(kTaken)) out.push_back('_');
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
