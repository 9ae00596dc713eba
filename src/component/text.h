#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

// Transcoding between the string encodings of the canonical ABI. UTF-16 is little-endian, at any
// alignment.
namespace weir::component {

// How many bytes at the start are ASCII.
size_t ascii_prefix(std::string_view text);
// Whether it is well-formed UTF-8: no surrogates, no overlong forms, nothing beyond U+10FFFF.
bool is_utf8(std::string_view text);

// Appends as UTF-8. False, with a part appended, if a surrogate stands alone.
bool append_utf16(std::string& out, const uint8_t* units, size_t count);
void append_latin1(std::string& out, std::span<const uint8_t> latin1);

// All of these take well-formed UTF-8.
size_t utf16_units(std::string_view utf8);
// How many bytes at the start are of characters below U+0100, and how many characters they are.
struct Latin1Prefix {
  size_t bytes = 0;
  size_t characters = 0;
};
Latin1Prefix latin1_prefix(std::string_view utf8);
// Writes two bytes a unit.
void write_utf16(std::string_view utf8, uint8_t* out);
// Writes one byte a character; all are below U+0100.
void write_latin1(std::string_view utf8, uint8_t* out);

}  // namespace weir::component
