#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace weir::wasm {

// Writes the binary format of WebAssembly.
class Writer {
 public:
  void byte(uint8_t value) { out_.push_back(value); }
  void u32(uint32_t value) {
    while (value >= 0x80) {
      out_.push_back(static_cast<uint8_t>(value | 0x80));
      value >>= 7;
    }
    out_.push_back(static_cast<uint8_t>(value));
  }
  // An index where a negative number could stand: signed LEB128.
  void s33(uint32_t value) {
    while (value >= 0x40) {
      out_.push_back(static_cast<uint8_t>(value | 0x80));
      value >>= 7;
    }
    out_.push_back(static_cast<uint8_t>(value));
  }
  void bytes(std::span<const uint8_t> bytes) {
    out_.insert(out_.end(), bytes.begin(), bytes.end());
  }
  void name(std::string_view text) {
    u32(static_cast<uint32_t>(text.size()));
    out_.insert(out_.end(), text.begin(), text.end());
  }
  // A section with its id and size.
  void section(uint8_t id, std::span<const uint8_t> content) {
    byte(id);
    u32(static_cast<uint32_t>(content.size()));
    bytes(content);
  }
  void reserve(size_t size) { out_.reserve(size); }

  const std::vector<uint8_t>& data() const { return out_; }
  std::vector<uint8_t> take() { return std::move(out_); }

 private:
  std::vector<uint8_t> out_;
};

}  // namespace weir::wasm
