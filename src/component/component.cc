#include "component/component.h"

#include "wasm/start.h"

namespace weir::component {

Component::Component(Decoded decoded, std::vector<engine::Module> modules)
    : decoded_(std::move(decoded)), modules_(std::move(modules)) {
  for (const DecodedModule& module : decoded_.modules) {
    start_names_.push_back(module.module.start ? wasm::start_name(module.module) : std::string());
  }
}

Result<std::shared_ptr<const Component>> Component::compile(engine::Engine& engine,
                                                            std::span<const uint8_t> wasm,
                                                            const CompileOptions& options) {
  Decoded decoded = WEIR_TRY(decode(wasm, options.features));
  std::vector<engine::Module> modules;
  modules.reserve(decoded.modules.size());
  for (const DecodedModule& module : decoded.modules) {
    std::span<const uint8_t> bytes = wasm.subspan(module.offset, module.size);
    if (module.size == 0) bytes = module.bytes;
    wasm::ExportedStart rewritten;
    if (module.module.start) {
      rewritten = wasm::export_start(module.module, bytes);
      bytes = rewritten.bytes;
    }
    Result<engine::Module> compiled = engine::Module::compile(engine, bytes);
    if (!compiled) {
      return Err(Error{"core module " + std::to_string(modules.size()) + " at byte " +
                       std::to_string(module.offset) + ": " + compiled.error().message});
    }
    modules.push_back(std::move(*compiled));
  }
  return std::shared_ptr<const Component>(new Component(std::move(decoded), std::move(modules)));
}

Result<std::shared_ptr<const Component>> Component::load(std::span<const uint8_t> wasm,
                                                         std::vector<engine::Module> modules,
                                                         const CompileOptions& options) {
  Decoded decoded = WEIR_TRY(decode(wasm, options.features));
  if (decoded.modules.size() != modules.size()) {
    return Err(Error{"the component has " + std::to_string(decoded.modules.size()) +
                     " core modules, but " + std::to_string(modules.size()) +
                     " compiled ones were given: compile it again"});
  }
  return std::shared_ptr<const Component>(new Component(std::move(decoded), std::move(modules)));
}

Result<std::vector<Bytes>> Component::serialize() const {
  std::vector<Bytes> result;
  for (const engine::Module& module : modules_) {
    result.push_back(WEIR_TRY(module.serialize()));
  }
  return result;
}

}  // namespace weir::component
