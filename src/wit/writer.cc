#include "wit/writer.h"

#include <algorithm>

namespace weir::wit {

void Writer::put(std::initializer_list<std::string_view> parts) {
  size_t size = 0;
  for (std::string_view part : parts) size += part.size();
  size_t indent = size == 0 ? 0 : static_cast<size_t>(level_ * indent_);
  size_t begin = text_.size();
  size_t end = begin + indent + size + 1;
  text_.resize_and_overwrite(end, [&](char* text, size_t) {
    char* to = std::fill_n(text + begin, indent, ' ');
    for (std::string_view part : parts) to = std::copy_n(part.data(), part.size(), to);
    *to = '\n';
    return end;
  });
  fresh_ = false;
}

void Writer::gap() {
  if (fresh_) return;
  line();
  fresh_ = true;
}

void Writer::label(std::string_view text) {
  text_.append(static_cast<size_t>(level_ * indent_ - 1), ' ');
  text_.append(text);
  text_.push_back('\n');
  fresh_ = true;
}

void Writer::comment(std::string_view mark, std::string_view text) {
  while (!text.empty()) {
    size_t newline = text.find('\n');
    std::string_view part = text.substr(0, newline);
    line(mark, part.empty() ? "" : " ", part);
    if (newline == std::string_view::npos) break;
    text.remove_prefix(newline + 1);
  }
}

void Writer::cpp_docs(std::string_view text) {
  std::string safe;
  for (size_t i = 0; i < text.size(); ++i) {
    safe.push_back(text[i]);
    bool line_ends = i + 1 == text.size() || text[i + 1] == '\n';
    if (text[i] == '\\' && line_ends) safe.push_back('.');
  }
  comment("///", safe);
}

}  // namespace weir::wit
