#include "wit/text/docs.h"

#include <algorithm>

namespace weir::wit {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view without_trailing_space(std::string_view line) {
  size_t last = line.find_last_not_of(kSpace);
  return last == std::string_view::npos ? std::string_view() : line.substr(0, last + 1);
}

std::string_view without_marks(std::string_view comment) {
  if (comment.starts_with("/**")) {
    comment.remove_prefix(3);
    // `/**/` is an empty comment whose marks overlap.
    if (comment == "/") return {};
    comment.remove_suffix(2);
  } else {
    comment.remove_prefix(std::min(comment.find_first_not_of('/'), comment.size()));
  }
  return without_trailing_space(comment);
}

// Takes off the front of each line as many spaces as all lines that are not empty have.
void remove_margin(std::vector<std::string_view>& lines) {
  size_t margin = std::string_view::npos;
  for (std::string_view line : lines) {
    if (!line.empty())
      margin = std::min(margin, std::min(line.find_first_not_of(' '), line.size()));
  }
  for (std::string_view& line : lines) line.remove_prefix(std::min(margin, line.size()));
}

// Makes lines of the comments. The first line of a block comment stands right of the others, so
// their margin is looked at again.
void split_lines(std::vector<std::string_view>& comments) {
  std::vector<std::string_view> lines;
  for (std::string_view part : comments) {
    while (true) {
      size_t newline = part.find('\n');
      lines.push_back(without_trailing_space(part.substr(0, newline)));
      if (newline == std::string_view::npos) break;
      part.remove_prefix(newline + 1);
    }
  }
  remove_margin(lines);
  comments = std::move(lines);
}

}  // namespace

std::string docs_text(const std::vector<std::string_view>& comments) {
  std::vector<std::string_view> lines;
  lines.reserve(comments.size());
  bool blocks = false;
  for (std::string_view comment : comments) {
    blocks = blocks || comment.starts_with("/*");
    lines.push_back(without_marks(comment));
  }
  remove_margin(lines);
  if (blocks) split_lines(lines);
  while (!lines.empty() && lines.back().empty()) lines.pop_back();

  size_t size = 0;
  for (std::string_view line : lines) size += line.size() + 1;
  std::string text;
  text.reserve(size);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) text.push_back('\n');
    text.append(lines[i]);
  }
  return text;
}

}  // namespace weir::wit
