#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "util/result.h"

namespace weir::wasm {

// Reads the binary format of WebAssembly from bytes that somebody else keeps. The first error
// sticks: from then on every read gives zero or nothing and `at_end()` holds, so that code may read
// on and ask once. Whoever loops over a count asks `ok()` in the loop.
class Reader {
 public:
  // `base` is where `bytes` begins in the file, for error messages.
  explicit Reader(std::span<const uint8_t> bytes, uint64_t base = 0) : bytes_(bytes), base_(base) {}

  bool ok() const { return error_.empty(); }
  bool at_end() const { return position_ == bytes_.size(); }
  size_t remaining() const { return bytes_.size() - position_; }
  // Offset in the file.
  uint64_t offset() const { return base_ + position_; }
  // Offset in `bytes`.
  size_t position() const { return position_; }

  uint8_t byte();
  // The next byte without taking it; 0 at the end.
  uint8_t peek() const { return at_end() ? 0 : bytes_[position_]; }
  // Fixed width, little endian.
  uint16_t fixed16();
  uint32_t fixed32();
  // LEB128 with the limits on length that the core specification sets.
  uint32_t u32();
  uint64_t u64();
  int32_t s32();
  int64_t s33();
  int64_t s64();
  // The count of a vector: at most `limit`, and never more than the bytes that are left.
  uint32_t count(uint32_t limit, const char* what);
  // A length and so many bytes of UTF-8.
  std::string_view name();
  // The next `size` bytes.
  std::span<const uint8_t> bytes(uint64_t size);
  // A reader of the next `size` bytes, which this one skips.
  Reader sub(uint64_t size);
  // A length, then a reader of so many bytes.
  Reader sized() { return sub(u32()); }
  // Takes one byte that must be `expected`.
  void expect(uint8_t expected, const char* what);

  // Records an error at `offset` of the file unless there is one already.
  void fail_at(uint64_t offset, std::string message);
  void fail(std::string message) { fail_at(offset(), std::move(message)); }
  // Records an error whose message says where already.
  void fail_raw(std::string message);
  // The error of a reader of a part becomes this one's.
  void adopt(const Reader& part);
  // Only if not `ok()`: `at byte 123 (0x7b): …`.
  Error error() const { return Error{error_}; }

 private:
  int64_t signed_leb(uint32_t bits);
  uint64_t unsigned_leb(uint32_t bits);

  std::span<const uint8_t> bytes_;
  uint64_t base_;
  size_t position_ = 0;
  std::string error_;
};

// Whether the bytes are UTF-8 as the core specification wants names (no surrogates, shortest form).
bool is_utf8(std::span<const uint8_t> bytes);

}  // namespace weir::wasm
