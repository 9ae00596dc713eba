#include "component/decode.h"

#include <algorithm>

#include "component/context_module.h"
#include "component/decoder.h"
#include "component/mentions.h"

namespace weir::component {
namespace {

constexpr uint8_t kMagic[] = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};

}  // namespace

bool is_component(std::span<const uint8_t> bytes) {
  return bytes.size() >= 8 && std::equal(kMagic, kMagic + 8, bytes.begin());
}

Result<Decoded> decode(std::span<const uint8_t> bytes, const Features& features) {
  return Decoder(bytes, features).run();
}

bool Decoder::in_range(Reader& r, uint64_t index, size_t size, const char* what, uint64_t at) {
  if (!r.ok()) return false;
  if (index < size) return true;
  r.fail_at(at, std::string("unknown ") + what + " " + std::to_string(index) + ": " + what +
                    " index out of bounds");
  return false;
}

void Decoder::limit(Reader& r, size_t size, uint32_t limit, const char* what) {
  if (size >= limit) {
    r.fail(std::string(what) + " count exceeds limit of " + std::to_string(limit));
  }
}

void Decoder::need(Reader& r, bool feature, const char* what, uint64_t at) {
  if (!feature) r.fail_at(at, std::string(what) + " is not enabled");
}

bool Decoder::check_budget(Reader& r) {
  if (u_.exhausted()) r.fail("effective type size exceeds the limit: the types are too large");
  return r.ok();
}

Result<Decoded> Decoder::run() {
  Reader r(bytes_);
  if (bytes_.size() >= 8 && std::equal(kMagic, kMagic + 4, bytes_.begin()) && bytes_[4] == 1 &&
      bytes_[6] == 0) {
    return Err(
        "this is a core WebAssembly module, not a component; make a component of it with "
        "`wasm-tools component new`");
  }
  component(r, nullptr);
  if (!r.ok()) return Err(r.error());
  if (uses_context_) add_context_module();
  return std::move(out_);
}

void Decoder::add_context_module() {
  std::span<const uint8_t> bytes = context_module();
  Result<wasm::Module> module = wasm::read_module(u_.core, bytes, 0);
  WEIR_ASSERT(module.ok());
  out_.context_module = {static_cast<uint32_t>(out_.modules.size())};
  out_.modules.push_back({0, 0, std::move(*module), {}, {bytes.begin(), bytes.end()}});
}

uint32_t Decoder::component(Reader& r, Scope* outer) {
  uint64_t at = r.offset();
  std::span<const uint8_t> magic = r.bytes(8);
  if (r.ok() && !std::equal(magic.begin(), magic.begin() + 4, kMagic)) {
    r.fail_at(at, "magic header not detected: this is no WebAssembly");
  } else if (r.ok() && !std::equal(magic.begin() + 4, magic.end(), kMagic + 4)) {
    r.fail_at(at + 4, "unknown binary version and encoding: not a component of version 13");
  }
  if (++nesting_ > limits::kNesting) r.fail_at(at, "components nest too deep");

  Scope s(Scope::Kind::component, outer);
  while (r.ok() && !r.at_end()) {
    uint8_t id = r.byte();
    Reader content = r.sized();
    if (!r.ok()) break;
    section(id, content, s);
    r.adopt(content);
  }
  ComponentType type;
  finish(r, s, type);
  --nesting_;
  if (!r.ok()) return 0;
  DecodedComponent done{std::move(s.definitions), u_.add(std::move(type))};
  out_.components.push_back(std::move(done));
  return static_cast<uint32_t>(out_.components.size() - 1);
}

void Decoder::finish(Reader& r, Scope& s, ComponentType& type) {
  // Resources of this scope must not be in what it imports, and those that its exports mention
  // must be exported themselves.
  if (!r.ok()) return;
  Mentions imports(u_);
  imports.walk(s.imports);
  Mentions exports(u_);
  exports.walk(s.exports);
  for (ResourceId id : s.defined) {
    if (imports.free(id)) r.fail("local resource type found in imports");
    if (!exports.free(id)) continue;
    if (!s.exported.contains(id.index)) {
      r.fail("local resource type found in export but not exported itself");
    }
    type.defined.push_back(id);
  }
  type.imports = std::move(s.imports);
  type.exports = std::move(s.exports);
  type.imported = std::move(s.imported);
}

void Decoder::section(uint8_t id, Reader& r, Scope& s) {
  auto each = [&](uint32_t max, const char* what, void (Decoder::*item)(Reader&, Scope&)) {
    uint32_t count = r.count(max, what);
    for (uint32_t i = 0; i < count && r.ok(); ++i) (this->*item)(r, s);
  };
  switch (id) {
    case 0:
      custom_section(r);
      return;
    case 1:
      core_module(r, s);
      return;
    case 2:
      each(limits::kInstances, "core instances", &Decoder::core_instance);
      break;
    case 3:
      each(limits::kTypes, "core types", &Decoder::core_type);
      break;
    case 4: {
      limit(r, s.components.size(), limits::kComponents, "components");
      limit(r, out_.components.size(), limits::kComponents, "components");
      uint32_t index = component(r, &s);
      if (!r.ok()) return;
      s.components.push_back(out_.components[index].type);
      s.definitions.push_back(ComponentDefinition{index});
      return;
    }
    case 5:
      each(limits::kInstances, "instances", &Decoder::instance);
      break;
    case 6:
      each(limits::kFunctions, "aliases", &Decoder::alias);
      break;
    case 7:
      each(limits::kTypes, "types", &Decoder::type);
      break;
    case 8:
      each(limits::kFunctions, "canonical functions", &Decoder::canon);
      break;
    case 9:
      r.fail("component start functions are not supported (support for values)");
      break;
    case 10:
      each(limits::kImports, "imports", &Decoder::import);
      break;
    case 11:
      each(limits::kExports, "exports", &Decoder::export_definition);
      break;
    case 12:
      r.fail("values are not supported (support for component model `value`s)");
      break;
    default:
      r.fail("malformed section id " + std::to_string(id));
      break;
  }
  if (r.ok() && !r.at_end()) {
    r.fail("section size mismatch: section " + std::to_string(id) +
           " is longer than what it holds");
  }
}

void Decoder::core_module(Reader& r, Scope& s) {
  limit(r, out_.modules.size(), limits::kModules, "modules");
  uint64_t at = r.offset();
  std::span<const uint8_t> bytes = r.bytes(r.remaining());
  if (!r.ok()) return;
  if (bytes.size() > limits::kModuleBytes) {
    r.fail_at(at, "a core module is larger than 1 GiB");
    return;
  }
  Result<wasm::Module> module = wasm::read_module(u_.core, bytes, at);
  if (!module) {
    // The message has its place already.
    r.fail_raw(module.error().message);
    return;
  }
  ModuleType type;
  type.imports = module->imports;
  for (const wasm::Export& e : module->exports) type.exports.emplace(e.name, e.type);
  ModuleTypeId id = u_.add(std::move(type));
  s.modules.push_back(id);
  s.definitions.push_back(ModuleDefinition{ModuleId{static_cast<uint32_t>(out_.modules.size())}});
  std::vector<uint8_t> small;
  if (bytes.size() <= kSmallModule) small.assign(bytes.begin(), bytes.end());
  out_.modules.push_back({at, bytes.size(), std::move(*module), id, std::move(small)});
}

// But for its name, nothing in a custom section is an error.
void Decoder::custom_section(Reader& outer) {
  Reader r = outer;
  std::string_view name = r.name();
  outer.adopt(r);
  if (!r.ok() || name != "producers") return;
  constexpr uint32_t kMaxProducers = 100;
  uint32_t fields = r.count(kMaxProducers, "fields");
  for (uint32_t f = 0; f < fields && r.ok(); ++f) {
    std::string field(r.name());
    uint32_t count = r.count(kMaxProducers, "values");
    for (uint32_t i = 0; i < count && r.ok(); ++i) {
      std::string producer(r.name());
      std::string version(r.name());
      if (r.ok() && out_.producers.size() < kMaxProducers) {
        out_.producers.push_back({field, std::move(producer), std::move(version)});
      }
    }
  }
}

}  // namespace weir::component
