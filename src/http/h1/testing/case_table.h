#pragma once

#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "util/number.h"

namespace weir::http::h1 {

// One case of a table in tests/h1: what one side sends, and what the other makes of it.
//
//   [RFC 9112 6.1] what it is about
//   > a line that is sent, with CRLF after it
//   >> bytes that are sent without one
//   ! HEAD GET             methods of the requests, where one is not GET
//   . fin                  the sender ends its direction after its last byte
//   < 200 400 close        statuses in order, then what becomes of the connection: `open`, `close`,
//                          or `cut` where it ends within the last message; alternatives by `|`
//   = text                 the last message's content has this in it
//
// Escapes in what is sent and in texts: \r \n \t \0 \xHH \\, and {N*text} for N times a text.
struct Case {
  std::string file;
  size_t line = 0;
  std::string section, name;
  std::string sent;
  std::deque<std::string> methods;
  bool ends = false;
  // Each "200 400 close".
  std::vector<std::string> wanted;
  std::string content;
};

namespace testing {

inline std::string unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{') {
      size_t star = text.find('*', i), end = text.find('}', i);
      auto count = star < end ? parse_decimal(text.substr(i + 1, star - i - 1)) : std::nullopt;
      if (count && end != std::string_view::npos) {
        std::string part = unescaped(text.substr(star + 1, end - star - 1));
        for (uint64_t n = 0; n < *count; ++n) out += part;
        i = end;
        continue;
      }
    }
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    switch (text[++i]) {
      case 'r':
        out += '\r';
        break;
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case '0':
        out += '\0';
        break;
      case 'x':
        out += static_cast<char>(parse_hex(text.substr(i + 1, 2)).value_or(0));
        i += 2;
        break;
      default:
        out += text[i];
    }
  }
  return out;
}

inline std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (true) {
    size_t end = text.find(at);
    std::string_view part = text.substr(0, end);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace testing

// Every case of a folder's files, in the order of their names. What is not understood is told in
// `error`.
inline std::vector<Case> load_cases(const std::filesystem::path& folder, std::string& error) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".cases") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<Case> cases;
  for (const auto& file : files) {
    std::ifstream stream(file);
    std::string line;
    for (size_t number = 1; std::getline(stream, line); ++number) {
      if (line.empty() || line.starts_with('#')) continue;
      auto rest = [&](size_t mark) {
        return line.size() > mark ? std::string_view(line).substr(mark + 1) : std::string_view();
      };
      if (line.starts_with('[')) {
        size_t end = line.find("] ");
        Case& next = cases.emplace_back();
        next.file = file.filename().string();
        next.line = number;
        next.section = line.substr(1, end - 1);
        next.name = line.substr(std::min(end, line.size() - 2) + 2);
      } else if (cases.empty()) {
        error = file.string() + ": a line before the first case";
      } else if (line.starts_with(">>")) {
        cases.back().sent += testing::unescaped(rest(2));
      } else if (line.starts_with('>')) {
        cases.back().sent += testing::unescaped(rest(1)) + "\r\n";
      } else if (line.starts_with("! ")) {
        for (std::string& method : testing::split(rest(1), ' '))
          cases.back().methods.push_back(std::move(method));
      } else if (line == ". fin") {
        cases.back().ends = true;
      } else if (line.starts_with("< ")) {
        cases.back().wanted = testing::split(rest(1), '|');
      } else if (line.starts_with("= ")) {
        cases.back().content = testing::unescaped(rest(1));
      } else {
        error = file.string() + ":" + std::to_string(number) + ": what is `" + line + "`?";
      }
    }
  }
  return cases;
}

}  // namespace weir::http::h1
