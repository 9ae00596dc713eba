#include "tools/component/glue_modules.h"

#include <string>

#include "wasm/writer.h"

namespace weir::tools {
namespace {

void header(wasm::Writer& out) {
  const uint8_t bytes[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
  out.bytes(bytes);
}

void value_type(wasm::Writer& out, wasm::ValueType type) { out.byte(type.code()); }

void types(wasm::Writer& out, const std::vector<wasm::CoreFunc>& functions) {
  wasm::Writer section;
  section.u32(static_cast<uint32_t>(functions.size()));
  for (const wasm::CoreFunc& function : functions) {
    section.byte(0x60);
    section.u32(static_cast<uint32_t>(function.params.size()));
    for (wasm::ValueType type : function.params) value_type(section, type);
    section.u32(static_cast<uint32_t>(function.results.size()));
    for (wasm::ValueType type : function.results) value_type(section, type);
  }
  out.section(1, section.data());
}

void table_type(wasm::Writer& out, uint32_t size) {
  out.byte(0x70);
  out.byte(0x01);
  out.u32(size);
  out.u32(size);
}

}  // namespace

std::vector<uint8_t> shim_module(const std::vector<wasm::CoreFunc>& functions) {
  uint32_t count = static_cast<uint32_t>(functions.size());
  wasm::Writer out;
  header(out);
  types(out, functions);
  wasm::Writer declared;
  declared.u32(count);
  for (uint32_t i = 0; i < count; ++i) declared.u32(i);
  out.section(3, declared.data());
  wasm::Writer tables;
  tables.u32(1);
  table_type(tables, count);
  out.section(4, tables.data());
  wasm::Writer exports;
  exports.u32(count + 1);
  for (uint32_t i = 0; i < count; ++i) {
    exports.name(std::to_string(i));
    exports.byte(0);
    exports.u32(i);
  }
  exports.name("$imports");
  exports.byte(1);
  exports.u32(0);
  out.section(7, exports.data());
  wasm::Writer code;
  code.u32(count);
  for (uint32_t i = 0; i < count; ++i) {
    wasm::Writer body;
    body.u32(0);
    for (uint32_t k = 0; k < functions[i].params.size(); ++k) {
      body.byte(0x20);
      body.u32(k);
    }
    body.byte(0x41);
    // A table index is a signed number here.
    uint64_t rest = i;
    while (rest >= 0x40) {
      body.byte(static_cast<uint8_t>(rest | 0x80));
      rest >>= 7;
    }
    body.byte(static_cast<uint8_t>(rest));
    body.byte(0x11);
    body.u32(i);
    body.u32(0);
    body.byte(0x0b);
    code.u32(static_cast<uint32_t>(body.data().size()));
    code.bytes(body.data());
  }
  out.section(10, code.data());
  return out.take();
}

std::vector<uint8_t> fixup_module(const std::vector<wasm::CoreFunc>& functions) {
  uint32_t count = static_cast<uint32_t>(functions.size());
  wasm::Writer out;
  header(out);
  types(out, functions);
  wasm::Writer imports;
  imports.u32(count + 1);
  for (uint32_t i = 0; i < count; ++i) {
    imports.name("");
    imports.name(std::to_string(i));
    imports.byte(0);
    imports.u32(i);
  }
  imports.name("");
  imports.name("$imports");
  imports.byte(1);
  table_type(imports, count);
  out.section(2, imports.data());
  wasm::Writer elements;
  elements.u32(1);
  elements.u32(0);
  const uint8_t zero[] = {0x41, 0x00, 0x0b};
  elements.bytes(zero);
  elements.u32(count);
  for (uint32_t i = 0; i < count; ++i) elements.u32(i);
  out.section(9, elements.data());
  return out.take();
}

std::vector<uint8_t> start_module() {
  return {0, 'a', 's', 'm', 1, 0, 0, 0,
          // The type of the function, which takes and returns nothing.
          1, 4, 1, 0x60, 0, 0,
          // Its import.
          2, 5, 1, 0, 0, 0, 0,
          // It is the start function.
          8, 1, 0};
}

}  // namespace weir::tools
