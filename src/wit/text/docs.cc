#include "wit/text/docs.h"

#include <algorithm>

namespace weir::wit {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view without_marks(std::string_view comment) {
  if (comment.starts_with("/**")) {
    comment.remove_prefix(3);
    // `/**/` is an empty comment whose marks overlap.
    if (comment == "/") return {};
    comment.remove_suffix(2);
  } else {
    comment.remove_prefix(std::min(comment.find_first_not_of('/'), comment.size()));
  }
  size_t last = comment.find_last_not_of(kSpace);
  return last == std::string_view::npos ? std::string_view() : comment.substr(0, last + 1);
}

}  // namespace

std::string docs_text(const std::vector<std::string_view>& comments) {
  std::vector<std::string_view> parts;
  size_t margin = std::string_view::npos;
  for (std::string_view comment : comments) {
    std::string_view part = without_marks(comment);
    if (!part.empty()) margin = std::min(margin, part.find_first_not_of(kSpace));
    parts.push_back(part);
  }
  std::string text;
  for (std::string_view part : parts) {
    size_t spaces = std::min(part.find_first_not_of(' '), part.size());
    if (margin != std::string_view::npos && spaces >= margin) part.remove_prefix(std::min(margin, part.size()));
    while (true) {
      size_t newline = part.find('\n');
      std::string_view line = part.substr(0, newline);
      if (line.ends_with('\r')) line.remove_suffix(1);
      text.append(line);
      text.push_back('\n');
      if (newline == std::string_view::npos || newline + 1 == part.size()) break;
      part.remove_prefix(newline + 1);
    }
  }
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace weir::wit
