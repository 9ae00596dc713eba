#include "wasm/start.h"

#include "util/assert.h"
#include "wasm/writer.h"

namespace weir::wasm {

std::string start_name(const Module& module) {
  std::string name = "weir:start";
  while (module.export_by_name.contains(name)) name += '_';
  return name;
}

ExportedStart export_start(const Module& module, std::span<const uint8_t> bytes) {
  WEIR_ASSERT(module.start.has_value());
  ExportedStart result;
  result.name = start_name(module);

  Writer exports;
  exports.u32(static_cast<uint32_t>(module.exports.size() + 1));
  const Section* old = module.find_section(7);
  if (old) {
    Reader content(bytes.subspan(old->begin, old->end - old->begin));
    content.u32();
    exports.bytes(content.bytes(content.remaining()));
  }
  exports.name(result.name);
  exports.byte(0);
  exports.u32(*module.start);

  const Section* start = module.find_section(8);
  WEIR_ASSERT(start != nullptr);
  // The export section takes the place of the old one, or else of the start section, which comes
  // right after it in the order of sections.
  const Section& place = old ? *old : *start;
  Writer out;
  out.reserve(bytes.size() + result.name.size() + 16);
  out.bytes(bytes.subspan(0, place.header));
  out.section(7, exports.data());
  if (old) out.bytes(bytes.subspan(place.end, start->header - place.end));
  out.bytes(bytes.subspan(start->end));
  result.bytes = out.take();
  return result;
}

}  // namespace weir::wasm
