#include "tools/component/embed.h"

#include "component/decode.h"
#include "wasm/core_types.h"
#include "wasm/module.h"
#include "wasm/writer.h"

namespace weir::tools {

Result<std::vector<uint8_t>> embed_world(std::span<const uint8_t> module,
                                         const wit::Resolve& resolve, wit::WorldId world,
                                         wit::StringEncoding encoding) {
  if (component::is_component(module))
    return Err("is a component already; a core module is wanted");
  wasm::CoreTypes types;
  WEIR_TRY(wasm::read_module(types, module, 0));
  wasm::Writer section;
  section.name("component-type:" + resolve[world].name);
  section.bytes(wit::encode_world(resolve, world, encoding));
  wasm::Writer out;
  out.bytes(module);
  out.section(0, section.data());
  return out.take();
}

}  // namespace weir::tools
