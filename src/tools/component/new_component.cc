#include "tools/component/new_component.h"

#include <algorithm>
#include <set>

#include "tools/component/adapter_trim.h"
#include "tools/component/encoder.h"
#include "tools/component/preview1_adapters.h"
#include "tools/wit/open.h"

namespace weir::tools {
namespace {

// What an adapter's world exports, as its core module names it.
bool is_world_export(std::string_view name) {
  return name.find('#') != std::string_view::npos || name.starts_with("cabi_");
}

}  // namespace

Result<std::vector<uint8_t>> new_component(const NewComponentOptions& options) {
  wasm::CoreTypes types;
  CoreSource main = WEIR_TRY(read_core(options.name, options.module, types));
  auto adapters = options.adapters;
  auto imports_from = [&](std::string_view module) {
    return std::ranges::any_of(main.module.imports,
                               [&](const wasm::Import& import) { return import.module == module; });
  };
  bool given = std::ranges::any_of(adapters, [](const auto& a) { return a.first == kPreview1; });
  bool command = main.module.find_export("_start") != nullptr;
  if (!given && (imports_from(kPreview1) || command)) {
    adapters.emplace_back(kPreview1,
                          command ? preview1_command_adapter() : preview1_reactor_adapter());
  }
  std::string realloc;
  for (const char* name : {"cabi_realloc", "canonical_abi_realloc"}) {
    if (realloc.empty() && main.module.find_export(name)) realloc = name;
  }
  std::vector<CoreSource> sources;
  for (const auto& [name, bytes] : adapters) {
    std::set<std::string, std::less<>> used;
    for (const wasm::Import& import : main.module.imports) {
      if (import.module == name) used.insert(import.name);
    }
    auto wanted = [&](std::string_view item) {
      return used.contains(item) || is_world_export(item);
    };
    auto trimmed = trim_adapter(bytes, wanted, realloc);
    if (!trimmed.ok()) {
      return Err(Error{"the adapter `" + name + "`: " + trimmed.error().message});
    }
    sources.push_back(WEIR_TRY(read_core(name, *trimmed, types)));
  }
  bool any_world = !main.worlds.empty();
  for (const CoreSource& source : sources) any_world = any_world || !source.worlds.empty();
  if (!any_world) {
    return Err(Error{options.name +
                     ": the module does not say which world it is for; link W_component_type.o "
                     "with it, or use `weir component embed`"});
  }
  auto component = Encoder(types, main, sources).run(options.version);
  if (!component.ok()) return component;
  auto valid = validate(*component);
  if (!valid.ok()) {
    return Err(Error{options.name + ": does not fit its world: " + valid.error().message});
  }
  return component;
}

}  // namespace weir::tools
