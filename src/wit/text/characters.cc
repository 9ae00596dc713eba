#include "wit/text/characters.h"

#include <array>
#include <cstdint>
#include <cstdio>

#include "util/utf8.h"

namespace weir::wit {
namespace {

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr uint8_t kLower = 1;
constexpr uint8_t kUpper = 2;
constexpr uint8_t kDigit = 4;

// What the characters of words are; 0 for all others.
constexpr auto kKinds = [] {
  std::array<uint8_t, 256> kinds{};
  for (int i = 0; i < 256; ++i) {
    char c = static_cast<char>(i);
    kinds[static_cast<size_t>(i)] = is_lower(c)   ? kLower
                                    : is_upper(c) ? kUpper
                                    : is_digit(c) ? kDigit
                                                  : 0;
  }
  return kinds;
}();

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_forbidden(char32_t c) {
  // Controls other than the white space of the grammar.
  if (c < 0x20) return c != '\n' && c != '\r' && c != '\t';
  if (c >= 0x7f && c < 0xa0) return true;
  switch (c) {
    // Overrides of the direction of text, which make it look like another one.
    case 0x202a:
    case 0x202b:
    case 0x202c:
    case 0x202d:
    case 0x202e:
    case 0x2066:
    case 0x2067:
    case 0x2068:
    case 0x2069:
    // Deprecated or discouraged by Unicode.
    case 0x149:
    case 0x673:
    case 0xf77:
    case 0xf79:
    case 0x17a3:
    case 0x17a4:
    case 0x17b4:
    case 0x17b5:
      return true;
    default:
      return false;
  }
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    Decoded decoded = decode_utf8(text);
    if (decoded.bytes == 0) return false;
    text.remove_prefix(decoded.bytes);
  }
  return true;
}

// Reads `{hex}` off the front of `text`; digits may be separated by single `_`s.
std::optional<char32_t> take_unicode_escape(std::string_view& text) {
  if (text.empty() || text[0] != '{') return std::nullopt;
  char32_t value = 0;
  bool digit_before = false;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '}') {
      if (!digit_before || (value >= 0xd800 && value < 0xe000)) return std::nullopt;
      text.remove_prefix(i + 1);
      return value;
    }
    if (text[i] == '_' && digit_before) {
      digit_before = false;
      continue;
    }
    int digit = hex_digit(text[i]);
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<char32_t>(digit);
    if (value > 0x10ffff) return std::nullopt;
    digit_before = true;
  }
  return std::nullopt;
}

}  // namespace

Decoded decode_utf8(std::string_view text) {
  if (text.empty()) return {0, 0};
  auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  uint8_t first = byte(0);
  if (first < 0x80) return {first, 1};
  uint32_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return {0, 0};
  char32_t value = first & (0x7f >> length);
  for (uint32_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {0, 0};
    value = value << 6 | (byte(i) & 0x3f);
  }
  bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  bool surrogate = value >= 0xd800 && value < 0xe000;
  if (overlong || surrogate || value > 0x10ffff) return {0, 0};
  return {value, length};
}

// How many bytes at the front are surely allowed, in blocks: printable ASCII and line breaks.
size_t plain_front(std::string_view text) {
  constexpr size_t kBlock = 64;
  size_t at = 0;
  for (; at + kBlock <= text.size(); at += kBlock) {
    uint8_t bad = 0;
    for (size_t i = 0; i < kBlock; ++i) {
      auto byte = static_cast<uint8_t>(text[at + i]);
      auto printable = static_cast<uint8_t>(static_cast<uint8_t>(byte - 0x20) < 0x5f);
      bad |= static_cast<uint8_t>(!(printable | (byte == '\n')));
    }
    if (bad) break;
  }
  return at;
}

WitResult<void> check_characters(std::string_view text, uint32_t offset) {
  size_t at = plain_front(text);
  while (at < text.size()) {
    auto byte = static_cast<uint8_t>(text[at]);
    if (byte >= 0x20 && byte < 0x7f) {
      ++at;
      continue;
    }
    if (byte == '\n') {
      at += 1 + plain_front(text.substr(at + 1));
      continue;
    }
    Decoded decoded = decode_utf8(text.substr(at));
    uint32_t begin = offset + static_cast<uint32_t>(at);
    if (decoded.bytes == 0) {
      return Err(WitError{.kind = ErrorKind::invalid_utf8, .span = {begin, begin + 1}});
    }
    if (is_forbidden(decoded.value)) {
      char code[16];
      std::snprintf(code, sizeof code, "U+%04X", static_cast<unsigned>(decoded.value));
      return Err(WitError{.kind = ErrorKind::forbidden_character,
                          .span = {begin, begin + decoded.bytes},
                          .name = code});
    }
    at += decoded.bytes;
  }
  return {};
}

bool is_kebab_case(std::string_view name) {
  if (name.empty() || !(is_lower(name[0]) || is_upper(name[0]))) return false;
  // What the word has so far.
  uint8_t word = 0;
  for (char c : name) {
    if (c == '-') {
      if (word == 0) return false;
      word = 0;
      continue;
    }
    uint8_t kind = kKinds[static_cast<uint8_t>(c)];
    word |= kind;
    if (kind == 0 || (word & (kLower | kUpper)) == (kLower | kUpper)) return false;
  }
  return word != 0;
}

std::optional<std::string> unescape(std::string_view literal) {
  std::string text;
  std::string_view rest = literal.substr(1, literal.size() - 2);
  while (!rest.empty()) {
    char c = rest[0];
    rest.remove_prefix(1);
    if (c != '\\') {
      if (static_cast<uint8_t>(c) < 0x20) return std::nullopt;
      text.push_back(c);
      continue;
    }
    if (rest.empty()) return std::nullopt;
    char escape = rest[0];
    rest.remove_prefix(1);
    switch (escape) {
      case '"':
      case '\'':
      case '\\':
        text.push_back(escape);
        break;
      case 't':
        text.push_back('\t');
        break;
      case 'n':
        text.push_back('\n');
        break;
      case 'r':
        text.push_back('\r');
        break;
      case 'u': {
        auto value = take_unicode_escape(rest);
        if (!value) return std::nullopt;
        append_utf8(text, *value);
        break;
      }
      default: {
        int high = hex_digit(escape);
        int low = rest.empty() ? -1 : hex_digit(rest[0]);
        if (high < 0 || low < 0) return std::nullopt;
        rest.remove_prefix(1);
        text.push_back(static_cast<char>(high * 16 + low));
      }
    }
  }
  if (!is_utf8(text)) return std::nullopt;
  return text;
}

}  // namespace weir::wit
