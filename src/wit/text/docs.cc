#include "wit/text/docs.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory_resource>
#include <vector>

#include "wit/text/lexer.h"

namespace weir::wit {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

using Lines = std::pmr::vector<std::string_view>;

std::string_view without_trailing_space(std::string_view line) {
  while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
  return line;
}

std::string_view without_marks(std::string_view comment) {
  if (comment.starts_with("/**")) {
    comment.remove_prefix(3);
    // `/**/` is an empty comment whose marks overlap.
    if (comment == "/") return {};
    comment.remove_suffix(2);
  } else {
    while (comment.starts_with('/')) comment.remove_prefix(1);
  }
  return without_trailing_space(comment);
}

// Takes off the front of each line as many spaces as all lines that are not empty have.
void remove_margin(Lines& lines) {
  size_t margin = std::string_view::npos;
  for (std::string_view line : lines) {
    size_t spaces = 0;
    while (spaces < line.size() && line[spaces] == ' ') ++spaces;
    if (!line.empty()) margin = std::min(margin, spaces);
  }
  for (std::string_view& line : lines) line.remove_prefix(std::min(margin, line.size()));
}

// Makes lines of the comments. The first line of a block comment stands right of the others, so
// their margin is looked at again.
void split_lines(Lines& comments) {
  Lines lines;
  for (std::string_view part : comments) {
    while (true) {
      size_t newline = part.find('\n');
      lines.push_back(without_trailing_space(part.substr(0, newline)));
      if (newline == std::string_view::npos) break;
      part.remove_prefix(newline + 1);
    }
  }
  remove_margin(lines);
  comments.assign(lines.begin(), lines.end());
}

}  // namespace

std::string docs_text(std::string_view comments) {
  // Enough for nearly all docs, without allocating.
  constexpr size_t kUsualLines = 48;
  std::array<std::byte, kUsualLines * sizeof(std::string_view)> memory;
  std::pmr::monotonic_buffer_resource resource(memory.data(), memory.size());
  Lines lines(&resource);
  lines.reserve(kUsualLines);
  bool blocks = false;
  while (!comments.empty()) {
    std::string_view comment = comments.substr(0, comment_size(comments));
    blocks = blocks || comment.starts_with("/*");
    std::string_view line = without_marks(comment);
    lines.emplace_back(line.data(), line.size());
    comments.remove_prefix(comment.size());
    while (!comments.empty() && is_space(comments.front())) comments.remove_prefix(1);
  }
  remove_margin(lines);
  if (blocks) split_lines(lines);
  while (!lines.empty() && lines.back().empty()) lines.pop_back();

  if (lines.empty()) return {};
  size_t size = lines.size() - 1;
  for (std::string_view line : lines) size += line.size();
  std::string text;
  text.resize_and_overwrite(size, [&](char* to, size_t) {
    for (size_t i = 0; i < lines.size(); ++i) {
      if (i > 0) *to++ = '\n';
      to = std::copy_n(lines[i].data(), lines[i].size(), to);
    }
    return size;
  });
  return text;
}

}  // namespace weir::wit
