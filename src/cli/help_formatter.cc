#include "cli/help_formatter.h"

#include <string_view>

namespace weir::cli {
namespace {

constexpr size_t kColumn = 34;
constexpr size_t kWidth = 100;

// Appends the words of `text` from `kColumn` on; `at` is where the line stands.
void append_wrapped(std::string& out, size_t at, std::string_view text) {
  if (at + 2 > kColumn) {
    out.push_back('\n');
    at = 0;
  }
  out.append(kColumn - at, ' ');
  at = kColumn;
  bool first = true;
  while (!text.empty()) {
    size_t end = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!first && at + 1 + word.size() > kWidth) {
      out.push_back('\n');
      out.append(kColumn, ' ');
      at = kColumn;
    } else if (!first) {
      out.push_back(' ');
      ++at;
    }
    out.append(word);
    at += word.size();
    first = false;
  }
  out.push_back('\n');
}

// What follows a colon says which values are checked for; one in brackets belongs to the type.
size_t end_of_type(std::string_view type) {
  int depth = 0;
  for (size_t i = 0; i < type.size(); ++i) {
    if (type[i] == '[') ++depth;
    if (type[i] == ']') --depth;
    if (type[i] == ':' && depth == 0) return i;
  }
  return type.size();
}

}  // namespace

std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
  // A flag takes nothing, a positional is named after what it takes.
  if (option->get_items_expected_max() == 0 || option->get_positional()) return "";
  std::string type = option->get_type_name();
  return " " + type.substr(0, end_of_type(type));
}

std::string HelpFormatter::make_option_desc(const CLI::Option* option) const {
  std::string text = option->get_description();
  if (option->get_default_str().empty()) return text;
  // Before the name of its variable.
  size_t at = text.ends_with("]") ? text.rfind(" [") : text.size();
  return text.insert(at, "; default " + option->get_default_str());
}

std::string HelpFormatter::make_option(const CLI::Option* option, bool is_positional) const {
  std::string out = "  " + make_option_name(option, is_positional) + make_option_opts(option);
  append_wrapped(out, out.size(), make_option_desc(option));
  return out;
}

}  // namespace weir::cli
