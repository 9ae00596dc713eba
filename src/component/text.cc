#include "component/text.h"

#include <cstring>

namespace weir::component {
namespace {

constexpr uint64_t kHighBits = 0x8080'8080'8080'8080;

uint64_t word(const char* at) {
  uint64_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

uint8_t byte(std::string_view text, size_t i) { return static_cast<uint8_t>(text[i]); }

bool is_continuation(std::string_view text, size_t i) {
  return i < text.size() && (byte(text, i) & 0xc0) == 0x80;
}

// The length of the well-formed character that starts at `i` with a byte of 0x80 or more; 0 if it
// is not well-formed (The Unicode Standard, table 3-7).
size_t character_length(std::string_view text, size_t i) {
  uint8_t first = byte(text, i);
  if (first < 0xc2 || first > 0xf4) return 0;
  if (!is_continuation(text, i + 1)) return 0;
  if (first < 0xe0) return 2;
  uint8_t second = byte(text, i + 1);
  if (!is_continuation(text, i + 2)) return 0;
  if (first < 0xf0) {
    if (first == 0xe0 && second < 0xa0) return 0;
    if (first == 0xed && second > 0x9f) return 0;
    return 3;
  }
  if (first == 0xf0 && second < 0x90) return 0;
  if (first == 0xf4 && second > 0x8f) return 0;
  return is_continuation(text, i + 3) ? 4 : 0;
}

// Reads a character of well-formed text and moves on.
uint32_t next(std::string_view text, size_t& i) {
  uint32_t first = byte(text, i);
  if (first < 0x80) {
    i += 1;
    return first;
  }
  if (first < 0xe0) {
    i += 2;
    return (first & 0x1f) << 6 | (byte(text, i - 1) & 0x3f);
  }
  if (first < 0xf0) {
    i += 3;
    return (first & 0x0f) << 12 | (byte(text, i - 2) & 0x3f) << 6 | (byte(text, i - 1) & 0x3f);
  }
  i += 4;
  return (first & 0x07) << 18 | (byte(text, i - 3) & 0x3f) << 12 | (byte(text, i - 2) & 0x3f) << 6 |
         (byte(text, i - 1) & 0x3f);
}

void append_character(std::string& out, uint32_t c) {
  if (c < 0x80) {
    out.push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out.push_back(static_cast<char>(0xc0 | c >> 6));
    out.push_back(static_cast<char>(0x80 | (c & 0x3f)));
  } else if (c < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | c >> 12));
    out.push_back(static_cast<char>(0x80 | (c >> 6 & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (c & 0x3f)));
  } else {
    out.push_back(static_cast<char>(0xf0 | c >> 18));
    out.push_back(static_cast<char>(0x80 | (c >> 12 & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (c >> 6 & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (c & 0x3f)));
  }
}

uint32_t unit(const uint8_t* units, size_t i) { return units[2 * i] | units[2 * i + 1] << 8; }

void put_unit(uint8_t*& out, uint32_t unit) {
  *out++ = static_cast<uint8_t>(unit);
  *out++ = static_cast<uint8_t>(unit >> 8);
}

}  // namespace

size_t ascii_prefix(std::string_view text) {
  size_t i = 0;
  for (; i + 32 <= text.size(); i += 32) {
    const char* at = text.data() + i;
    if ((word(at) | word(at + 8) | word(at + 16) | word(at + 24)) & kHighBits) break;
  }
  while (i < text.size() && byte(text, i) < 0x80) ++i;
  return i;
}

bool is_utf8(std::string_view text) {
  size_t i = ascii_prefix(text);
  while (i < text.size()) {
    if (byte(text, i) < 0x80) {
      i += ascii_prefix(text.substr(i));
      continue;
    }
    size_t length = character_length(text, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

bool append_utf16(std::string& out, const uint8_t* units, size_t count) {
  out.reserve(out.size() + count);
  for (size_t i = 0; i < count; ++i) {
    uint32_t c = unit(units, i);
    if (c >= 0xd800 && c < 0xe000) {
      if (c >= 0xdc00 || i + 1 == count) return false;
      uint32_t low = unit(units, ++i);
      if (low < 0xdc00 || low >= 0xe000) return false;
      c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    append_character(out, c);
  }
  return true;
}

void append_latin1(std::string& out, std::span<const uint8_t> latin1) {
  out.reserve(out.size() + latin1.size());
  for (uint8_t c : latin1) append_character(out, c);
}

size_t utf16_units(std::string_view utf8) {
  size_t units = 0;
  for (char c : utf8) {
    uint8_t b = static_cast<uint8_t>(c);
    // One unit for each first byte, another for characters of four bytes.
    units += ((b & 0xc0) != 0x80) + (b >= 0xf0);
  }
  return units;
}

Latin1Prefix latin1_prefix(std::string_view utf8) {
  Latin1Prefix prefix;
  while (prefix.bytes < utf8.size() && byte(utf8, prefix.bytes) < 0xc4) {
    prefix.bytes += byte(utf8, prefix.bytes) < 0x80 ? 1 : 2;
    prefix.characters += 1;
  }
  return prefix;
}

void write_utf16(std::string_view utf8, uint8_t* out) {
  for (size_t i = 0; i < utf8.size();) {
    uint32_t c = next(utf8, i);
    if (c >= 0x10000) {
      c -= 0x10000;
      put_unit(out, 0xd800 + (c >> 10));
      put_unit(out, 0xdc00 + (c & 0x3ff));
    } else {
      put_unit(out, c);
    }
  }
}

void write_latin1(std::string_view utf8, uint8_t* out) {
  for (size_t i = 0; i < utf8.size();) *out++ = static_cast<uint8_t>(next(utf8, i));
}

}  // namespace weir::component
