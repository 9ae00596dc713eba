#include "component/component.h"

#include "wasm/start.h"

namespace weir::component {
namespace {

std::vector<ExternSummary> summary(const Universe& universe, const ExternList& list) {
  std::vector<ExternSummary> result;
  for (const ExternList::Item& item : list) {
    ExternSummary entry{item.name, name_of(item.type.kind), {}};
    if (item.type.kind == ExternType::Kind::instance) {
      for (const ExternList::Item& inner : universe[item.type.instance()].exports) {
        if (inner.type.kind == ExternType::Kind::func) entry.functions.push_back(inner.name);
      }
    }
    result.push_back(std::move(entry));
  }
  return result;
}

}  // namespace

Component::Component(Decoded decoded, std::vector<engine::Module> modules, uint64_t size)
    : decoded_(std::move(decoded)), modules_(std::move(modules)), size_(size) {
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
  return std::shared_ptr<const Component>(
      new Component(std::move(decoded), std::move(modules), wasm.size()));
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
  return std::shared_ptr<const Component>(
      new Component(std::move(decoded), std::move(modules), wasm.size()));
}

Result<std::vector<Bytes>> Component::serialize() const {
  std::vector<Bytes> result;
  for (const engine::Module& module : modules_) {
    result.push_back(WEIR_TRY(module.serialize()));
  }
  return result;
}

std::vector<ExternSummary> Component::imports() const {
  return summary(decoded_.universe, decoded_.universe[decoded_.root().type].imports);
}

std::vector<ExternSummary> Component::exports() const {
  return summary(decoded_.universe, decoded_.universe[decoded_.root().type].exports);
}

uint64_t Component::code_size() const {
  uint64_t sum = 0;
  for (const DecodedModule& module : decoded_.modules) sum += module.module.code_size;
  return sum;
}

uint64_t Component::data_size() const {
  uint64_t sum = 0;
  for (const DecodedModule& module : decoded_.modules) sum += module.module.data_size;
  return sum;
}

}  // namespace weir::component
