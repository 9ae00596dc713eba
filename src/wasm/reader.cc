#include "wasm/reader.h"

#include <cstdio>

#include "util/bytes.h"

namespace weir::wasm {

bool is_utf8(std::span<const uint8_t> bytes) {
  size_t i = 0;
  size_t size = bytes.size();
  auto continues = [&](size_t at) { return at < size && (bytes[at] & 0xc0) == 0x80; };
  while (i < size) {
    uint8_t b = bytes[i];
    if (b < 0x80) {
      ++i;
    } else if (b >= 0xc2 && b <= 0xdf) {
      if (!continues(i + 1)) return false;
      i += 2;
    } else if (b >= 0xe0 && b <= 0xef) {
      if (!continues(i + 1) || !continues(i + 2)) return false;
      if (b == 0xe0 && bytes[i + 1] < 0xa0) return false;
      if (b == 0xed && bytes[i + 1] > 0x9f) return false;
      i += 3;
    } else if (b >= 0xf0 && b <= 0xf4) {
      if (!continues(i + 1) || !continues(i + 2) || !continues(i + 3)) return false;
      if (b == 0xf0 && bytes[i + 1] < 0x90) return false;
      if (b == 0xf4 && bytes[i + 1] > 0x8f) return false;
      i += 4;
    } else {
      return false;
    }
  }
  return true;
}

uint8_t Reader::byte() {
  if (at_end()) {
    fail("unexpected end");
    return 0;
  }
  return bytes_[position_++];
}

uint16_t Reader::fixed16() {
  uint16_t low = byte();
  return static_cast<uint16_t>(low | byte() << 8);
}

uint32_t Reader::fixed32() {
  uint32_t low = fixed16();
  return low | static_cast<uint32_t>(fixed16()) << 16;
}

uint64_t Reader::unsigned_leb(uint32_t bits) {
  uint64_t start = offset();
  uint64_t value = 0;
  for (uint32_t shift = 0;; shift += 7) {
    uint8_t b = byte();
    if (!ok()) return 0;
    uint32_t left = bits - shift;
    if (left < 7 && (b & 0x7f) >> left != 0) {
      fail_at(start, "a number is too large");
      return 0;
    }
    value |= static_cast<uint64_t>(b & 0x7f) << shift;
    if ((b & 0x80) == 0) return value;
    if (shift + 7 >= bits) {
      fail_at(start, "the encoding of a number is too long");
      return 0;
    }
  }
}

int64_t Reader::signed_leb(uint32_t bits) {
  uint64_t start = offset();
  uint64_t value = 0;
  for (uint32_t shift = 0;; shift += 7) {
    uint8_t b = byte();
    if (!ok()) return 0;
    value |= static_cast<uint64_t>(b & 0x7f) << shift;
    uint32_t left = bits - shift;
    if (left < 7) {
      // The bits above the number's own repeat its sign.
      uint8_t sign = static_cast<uint8_t>((b & 0x7f) >> (left - 1));
      uint8_t all = static_cast<uint8_t>(0x7f >> (left - 1));
      if (sign != 0 && sign != all) {
        fail_at(start, "a number is too large");
        return 0;
      }
    }
    if ((b & 0x80) == 0) {
      uint32_t used = shift + 7;
      if (used < 64 && (b & 0x40) != 0) value |= ~uint64_t{0} << used;
      return static_cast<int64_t>(value);
    }
    if (shift + 7 >= bits) {
      fail_at(start, "the encoding of a number is too long");
      return 0;
    }
  }
}

uint32_t Reader::u32() { return static_cast<uint32_t>(unsigned_leb(32)); }
uint64_t Reader::u64() { return unsigned_leb(64); }
int32_t Reader::s32() { return static_cast<int32_t>(signed_leb(32)); }
int64_t Reader::s33() { return signed_leb(33); }
int64_t Reader::s64() { return signed_leb(64); }

uint32_t Reader::count(uint32_t limit, const char* what) {
  uint64_t start = offset();
  uint32_t count = u32();
  if (count > limit) {
    fail_at(start, std::to_string(count) + " " + what + " are more than the limit of " +
                       std::to_string(limit));
    return 0;
  }
  if (count > remaining()) {
    fail_at(start, std::string("unexpected end: there is no room for ") + std::to_string(count) +
                       " " + what);
    return 0;
  }
  return count;
}

std::string_view Reader::name() {
  constexpr uint32_t kMaxName = 100'000;
  uint64_t start = offset();
  uint32_t size = u32();
  if (size > kMaxName) {
    fail_at(start, "a name of " + std::to_string(size) + " bytes is longer than the limit of " +
                       std::to_string(kMaxName));
    return {};
  }
  std::span<const uint8_t> text = bytes(size);
  if (!is_utf8(text)) {
    fail_at(start, "a name is not valid UTF-8 (malformed UTF-8 encoding)");
    return {};
  }
  return as_text(text);
}

std::span<const uint8_t> Reader::bytes(uint64_t size) {
  if (size > remaining()) {
    fail("unexpected end: " + std::to_string(size) + " bytes are announced, " +
         std::to_string(remaining()) + " are left");
    return {};
  }
  std::span<const uint8_t> found = bytes_.subspan(position_, size);
  position_ += size;
  return found;
}

Reader Reader::sub(uint64_t size) {
  uint64_t start = offset();
  return Reader(bytes(size), start);
}

void Reader::expect(uint8_t expected, const char* what) {
  uint64_t start = offset();
  uint8_t found = byte();
  if (ok() && found != expected) {
    char text[64];
    std::snprintf(text, sizeof text, " must be 0x%02x, not 0x%02x", expected, found);
    fail_at(start, std::string(what) + text);
  }
}

void Reader::fail_at(uint64_t offset, std::string message) {
  if (!ok()) return;
  char place[64];
  std::snprintf(place, sizeof place,
                "at byte %llu (0x%llx): ", static_cast<unsigned long long>(offset),
                static_cast<unsigned long long>(offset));
  error_ = place + std::move(message);
  position_ = bytes_.size();
}

void Reader::fail_raw(std::string message) {
  if (!ok()) return;
  error_ = std::move(message);
  position_ = bytes_.size();
}

void Reader::adopt(const Reader& part) {
  if (!ok() || part.ok()) return;
  error_ = part.error_;
  position_ = bytes_.size();
}

}  // namespace weir::wasm
