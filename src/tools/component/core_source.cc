#include "tools/component/core_source.h"

#include "component/decode.h"
#include "wasm/reader.h"

namespace weir::tools {

Result<CoreSource> read_core(std::string name, std::span<const uint8_t> bytes,
                             wasm::CoreTypes& types) {
  if (component::is_component(bytes)) {
    return Err(Error{name + ": is a component already; a core module is wanted"});
  }
  CoreSource source;
  auto named = [&](const Error& error) { return Error{name + ": " + error.message}; };
  wasm::Reader in(bytes);
  auto header = in.bytes(8);
  source.bytes.assign(header.begin(), header.end());
  while (in.ok() && !in.at_end()) {
    size_t begin = in.position();
    uint8_t id = in.byte();
    wasm::Reader section = in.sized();
    if (!in.ok()) break;
    if (id == 0) {
      size_t before = section.remaining();
      std::string_view title = section.name();
      if (section.ok() && title.starts_with("component-type")) {
        size_t at = in.position() - before + section.position();
        auto content = bytes.subspan(at, section.remaining());
        auto world = read_world(content, at);
        if (!world.ok()) return Err(named(world.error()));
        source.worlds.push_back(std::move(*world));
        continue;
      }
    }
    auto whole = bytes.subspan(begin, in.position() - begin);
    source.bytes.insert(source.bytes.end(), whole.begin(), whole.end());
  }
  if (!in.ok()) return Err(named(in.error()));
  auto module = wasm::read_module(types, source.bytes, 0);
  if (!module.ok()) return Err(named(module.error()));
  source.module = std::move(*module);
  source.name = std::move(name);
  return source;
}

}  // namespace weir::tools
