#include "wit/bindgen/c/object.h"

#include "wasm/writer.h"
#include "wit/binary/encode.h"
#include "wit/bindgen/c/c.h"

namespace weir::wit {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr uint8_t kCustom = 0;
constexpr uint8_t kTypes = 1;
constexpr uint8_t kFunctions = 3;
constexpr uint8_t kCode = 10;

void custom(wasm::Writer& out, std::string_view name, const Bytes& content) {
  wasm::Writer section;
  section.name(name);
  section.bytes(content);
  out.section(kCustom, section.data());
}

}  // namespace

Bytes component_type_object(const Resolve& resolve, WorldId world, const std::string& name,
                            StringEncoding encoding) {
  wasm::Writer out;
  out.bytes(Bytes{0, 'a', 's', 'm', 1, 0, 0, 0});
  out.section(kTypes, Bytes{1, 0x60, 0, 0});
  out.section(kFunctions, Bytes{1, 0});
  out.section(kCode, Bytes{1, 2, 0, 0x0b});
  custom(out, "component-type:" + name, encode_world(resolve, world, encoding));
  // The linking section (WebAssembly/tool-conventions, Linking.md): version 2, one symbol table
  // with one defined function.
  wasm::Writer symbols;
  symbols.u32(1);
  symbols.byte(0);
  symbols.u32(0);
  symbols.u32(0);
  symbols.name(component_type_symbol(name));
  wasm::Writer linking;
  linking.u32(2);
  linking.section(8, symbols.data());
  custom(out, "linking", linking.data());
  return out.take();
}

}  // namespace weir::wit
