#include "tools/deps/toml.h"

#include <algorithm>
#include <cstdio>

namespace weir::tools::deps {
namespace {

// No file that people write is nearly as large.
constexpr size_t kMaxFile = 4 << 20;

std::string basic_string(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    auto byte = static_cast<uint8_t>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04X", byte);
      out += escape;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace

Result<toml::table> parse_toml(std::string_view text, const std::string& name) {
  if (text.size() > kMaxFile) return Err(Error{name + ": the file is larger than 4 MiB"});
  toml::parse_result result = toml::parse(text);
  if (result) return std::move(result).table();
  const toml::parse_error& error = result.error();
  return Err(Error{name + ":" + std::to_string(error.source().begin.line) + ": " +
                   std::string(error.description())});
}

std::string place_in(const std::string& name, const toml::node& node) {
  return name + ":" + std::to_string(node.source().begin.line) + ": ";
}

std::string toml_key(std::string_view key) {
  bool bare = !key.empty() && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
  return bare ? std::string(key) : basic_string(key);
}

std::string toml_string(std::string_view text) {
  bool control =
      std::ranges::any_of(text, [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; });
  if (!control && text.find('\\') != std::string_view::npos &&
      text.find('\'') == std::string_view::npos)
    return "'" + std::string(text) + "'";
  return basic_string(text);
}

}  // namespace weir::tools::deps
