#include "wit/bindgen/source.h"

namespace weir::wit {

void Source::add_line(std::string_view line) {
  if (!line.empty()) {
    text_.append(static_cast<size_t>(level_ * indent_), ' ');
    text_.append(line);
  }
  text_.push_back('\n');
  fresh_ = false;
}

void Source::gap() {
  if (fresh_) return;
  add_line({});
  fresh_ = true;
}

void Source::label(std::string_view text) {
  text_.append(static_cast<size_t>(level_ * indent_ - 1), ' ');
  text_.append(text);
  text_.push_back('\n');
  fresh_ = true;
}

void Source::comment(std::string_view mark, std::string_view text) {
  while (!text.empty()) {
    size_t newline = text.find('\n');
    std::string_view part = text.substr(0, newline);
    std::string line(mark);
    if (!part.empty()) line.append(" ").append(part);
    // A line that ends in a backslash would swallow the next one.
    if (line.ends_with('\\')) line.push_back('.');
    add_line(line);
    if (newline == std::string_view::npos) break;
    text.remove_prefix(newline + 1);
  }
}

}  // namespace weir::wit
