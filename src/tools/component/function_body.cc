#include "tools/component/function_body.h"

#include "wasm/reader.h"
#include "wasm/writer.h"

namespace weir::tools {
namespace {

using wasm::Reader;

// Skips an instruction's immediates, `code` being read already. References to functions are not
// for here.
void skip_immediates(Reader& in, uint8_t code, BodyUses& uses) {
  if (code >= 0x45 && code <= 0xc4) return;
  if (code >= 0x28 && code <= 0x3e) {
    uint32_t align = in.u32();
    if (align & 0x40) in.u32();
    in.u64();
    return;
  }
  switch (code) {
    case 0x00:
    case 0x01:
    case 0x05:
    case 0x0b:
    case 0x0f:
    case 0x1a:
    case 0x1b:
    case 0xd1:
      return;
    case 0x02:
    case 0x03:
    case 0x04:
      in.s33();
      return;
    case 0x0c:
    case 0x0d:
    case 0x20:
    case 0x21:
    case 0x22:
    case 0x23:
    case 0x24:
    case 0x3f:
    case 0x40:
      in.u32();
      return;
    case 0x11:
    case 0x13:
      uses.tables = true;
      in.u32();
      in.u32();
      return;
    case 0x25:
    case 0x26:
      uses.tables = true;
      in.u32();
      return;
    case 0x0e:
      for (uint32_t n = in.count(1'000'000, "targets"); n > 0 && in.ok(); --n) in.u32();
      in.u32();
      return;
    case 0x1c:
      for (uint32_t n = in.count(1000, "types"); n > 0 && in.ok(); --n) in.s33();
      return;
    case 0x41:
      in.s32();
      return;
    case 0x42:
      in.s64();
      return;
    case 0x43:
      in.bytes(4);
      return;
    case 0x44:
      in.bytes(8);
      return;
    case 0xd0:
      in.s33();
      return;
    case 0xfc: {
      uint32_t more = in.u32();
      if (more <= 7) return;
      if (more > 17) break;
      if (more == 8 || more == 9) uses.data = true;
      if (more >= 12) uses.tables = true;
      // Those between two segments, tables or memories have two indices.
      if (more == 8 || more == 10 || more == 12 || more == 14) in.u32();
      in.u32();
      return;
    }
    default:
      break;
  }
  in.fail("instruction " + std::to_string(code) + " is not one of an adapter");
}

}  // namespace

Result<std::vector<uint8_t>> rewrite_body(std::span<const uint8_t> body,
                                          std::optional<uint32_t> prefix,
                                          const std::function<uint32_t(uint32_t)>& map,
                                          BodyUses& uses) {
  Reader in(body);
  for (uint32_t n = in.count(50'000, "locals"); n > 0 && in.ok(); --n) {
    in.u32();
    in.s33();
  }
  wasm::Writer out;
  size_t copied = in.position();
  out.bytes(body.subspan(0, copied));
  if (prefix) {
    out.byte(0x10);
    out.u32(*prefix);
  }
  while (in.ok() && !in.at_end()) {
    uint8_t code = in.byte();
    if (code == 0x10 || code == 0x12 || code == 0xd2) {
      out.bytes(body.subspan(copied, in.position() - copied));
      // A reference has to be declared by an element segment.
      if (code == 0xd2) uses.tables = true;
      uint32_t function = in.u32();
      if (in.ok()) out.u32(map(function));
      copied = in.position();
    } else {
      skip_immediates(in, code, uses);
    }
  }
  if (!in.ok()) return Err(in.error());
  out.bytes(body.subspan(copied));
  return out.take();
}

}  // namespace weir::tools
