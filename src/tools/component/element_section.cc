#include "tools/component/element_section.h"

#include "wasm/reader.h"
#include "wasm/writer.h"

namespace weir::tools {
namespace {

using wasm::Reader;

constexpr uint32_t kMany = 1'000'000;

class ElementCopier {
 public:
  ElementCopier(std::span<const uint8_t> content, const std::function<uint32_t(uint32_t)>& map)
      : content_(content), in_(content), map_(map) {}

  Result<std::vector<uint8_t>> run() {
    for (uint32_t n = in_.count(kMany, "element segments"); n > 0 && in_.ok(); --n) segment();
    if (in_.ok() && !in_.at_end()) in_.fail("the element section is longer than what it holds");
    if (!in_.ok()) return Err(in_.error());
    copy_rest();
    return out_.take();
  }

 private:
  void segment() {
    uint32_t flags = in_.u32();
    bool active = (flags & 1) == 0;
    bool expressions = (flags & 4) != 0;
    if (flags > 7) in_.fail("unknown kind of element segment");
    if (active && (flags & 2)) in_.u32();
    if (active) expression();
    if (flags & 3) expressions ? reference_type() : static_cast<void>(in_.byte());
    for (uint32_t n = in_.count(kMany, "elements"); n > 0 && in_.ok(); --n) {
      expressions ? expression() : function();
    }
  }

  void reference_type() {
    uint8_t code = in_.byte();
    if (code == 0x63 || code == 0x64) in_.s33();
  }

  // One that is constant.
  void expression() {
    while (in_.ok()) {
      uint8_t code = in_.byte();
      switch (code) {
        case 0x0b:
          return;
        case 0x23:
          in_.u32();
          break;
        case 0x41:
          in_.s32();
          break;
        case 0x42:
          in_.s64();
          break;
        case 0xd0:
          in_.s33();
          break;
        case 0xd2:
          function();
          break;
        default: {
          bool arithmetic = (code >= 0x6a && code <= 0x6c) || (code >= 0x7c && code <= 0x7e);
          if (!arithmetic) in_.fail("instruction " + std::to_string(code) + " is not constant");
        }
      }
    }
  }

  void function() {
    copy_rest();
    uint32_t function = in_.u32();
    if (in_.ok()) out_.u32(map_(function));
    copied_ = in_.position();
  }

  void copy_rest() {
    out_.bytes(content_.subspan(copied_, in_.position() - copied_));
    copied_ = in_.position();
  }

  std::span<const uint8_t> content_;
  Reader in_;
  const std::function<uint32_t(uint32_t)>& map_;
  wasm::Writer out_;
  size_t copied_ = 0;
};

}  // namespace

Result<std::vector<uint8_t>> rewrite_elements(std::span<const uint8_t> content,
                                              const std::function<uint32_t(uint32_t)>& map) {
  return ElementCopier(content, map).run();
}

}  // namespace weir::tools
