#include "wit/bindgen/cpp_names.h"

#include <algorithm>
#include <iterator>

#include "wit/bindgen/taken_words.h"

namespace weir::wit {
namespace {

// Macros that are common beside those of the standard library.
constexpr std::string_view kTaken[] = {"assert", "errno", "linux", "major", "minor", "unix"};

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
  if (is_taken_word(name) || std::ranges::find(kTaken, name) != std::end(kTaken))
    name.push_back('_');
  return name;
}

}  // namespace weir::wit
