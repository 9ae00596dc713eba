#include "wasi/http/field_rules.h"

#include <array>

#include "util/number.h"

namespace weir::wasi {
namespace {

constexpr std::array<bool, 256> token_table() {
  std::array<bool, 256> table = {};
  for (char c = '0'; c <= '9'; ++c) table[static_cast<uint8_t>(c)] = true;
  for (char c = 'a'; c <= 'z'; ++c) table[static_cast<uint8_t>(c)] = true;
  for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<uint8_t>(c)] = true;
  for (char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<uint8_t>(c)] = true;
  return table;
}
constexpr auto kToken = token_table();

bool built_in(std::string_view name) {
  using http::same_name;
  switch (name.size()) {
    case 4:
      return same_name(name, "host");
    case 7:
      return same_name(name, "upgrade");
    case 10:
      return same_name(name, "connection") || same_name(name, "keep-alive");
    case 14:
      return same_name(name, "http2-settings");
    case 16:
      return same_name(name, "proxy-connection");
    case 17:
      return same_name(name, "transfer-encoding");
    case 18:
      return same_name(name, "proxy-authenticate");
    case 19:
      return same_name(name, "proxy-authorization");
    default:
      return false;
  }
}

}  // namespace

bool is_token(std::string_view text) {
  if (text.empty()) return false;
  for (char c : text) {
    if (!kToken[static_cast<uint8_t>(c)]) return false;
  }
  return true;
}

bool is_field_value(std::string_view value) {
  for (char c : value) {
    uint8_t byte = static_cast<uint8_t>(c);
    if ((byte < 0x20 && byte != '\t') || byte == 0x7f) return false;
  }
  return true;
}

bool FieldRules::forbidden(std::string_view name) const {
  if (built_in(name)) return true;
  for (const std::string& other : also_) {
    if (http::same_name(name, other)) return true;
  }
  return false;
}

void FieldRules::strip(http::Fields& fields) const {
  for (size_t i = 0; i < fields.size();) {
    std::string_view name = fields[i].name;
    if (forbidden(name)) {
      fields.remove(std::string(name));
    } else {
      ++i;
    }
  }
}

ContentLength content_length(const http::Fields& fields) {
  size_t count = fields.count("content-length");
  if (count == 0) return {};
  if (count > 1) return {false, std::nullopt};
  std::optional<uint64_t> value = parse_decimal(fields.first("content-length"));
  return {value.has_value(), value};
}

}  // namespace weir::wasi
