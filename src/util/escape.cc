#include "util/escape.h"

#include <cstdint>

namespace weir {
namespace {

// Length of the valid UTF-8 sequence at the start of `text`, or 0. C1 controls
// count as invalid.
size_t utf8_sequence(std::string_view text) {
  auto byte = [&](size_t i) { return i < text.size() ? static_cast<uint8_t>(text[i]) : 0u; };
  auto continues = [&](size_t i) { return (byte(i) & 0xc0) == 0x80; };
  uint32_t lead = byte(0);
  if (lead >= 0xc2 && lead <= 0xdf && continues(1)) return lead == 0xc2 && byte(1) < 0xa0 ? 0 : 2;
  if (lead >= 0xe0 && lead <= 0xef && continues(1) && continues(2)) {
    uint32_t point = (lead & 15) << 12 | (byte(1) & 63) << 6 | (byte(2) & 63);
    return point < 0x800 || (point >= 0xd800 && point < 0xe000) ? 0 : 3;
  }
  if (lead >= 0xf0 && lead <= 0xf4 && continues(1) && continues(2) && continues(3)) {
    uint32_t point = (lead & 7) << 18 | (byte(1) & 63) << 12 | (byte(2) & 63) << 6 | (byte(3) & 63);
    return point < 0x10000 || point > 0x10ffff ? 0 : 4;
  }
  return 0;
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  for (size_t i = 0; i < text.size();) {
    uint8_t c = static_cast<uint8_t>(text[i]);
    if (c == '\t' || (c >= 0x20 && c < 0x7f && c != '\\')) {
      out.push_back(static_cast<char>(c));
      ++i;
      continue;
    }
    if (size_t length = c >= 0x80 ? utf8_sequence(text.substr(i)) : 0) {
      out.append(text.substr(i, length));
      i += length;
      continue;
    }
    out.append("\\x");
    out.push_back(kHex[c >> 4]);
    out.push_back(kHex[c & 15]);
    ++i;
  }
}

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  append_escaped(out, text);
  return out;
}

}  // namespace weir
