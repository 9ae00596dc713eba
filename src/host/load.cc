#include "host/load.h"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "component/decode.h"
#include "host/artifact.h"
#include "host/file.h"
#include "host/source.h"
#include "util/escape.h"
#include "util/hex.h"

namespace weir::host {
namespace {

using ComponentPtr = std::shared_ptr<const component::Component>;

Error with_path(const std::string& path, const std::string& message) {
  return {path + ": " + message};
}

// Why a component was not compiled; for a table that starts too large, which flag helps.
Error refusal(const engine::Engine& engine, const std::string& path, const Bytes& binary,
              const Error& error) {
  auto decoded = component::decode(binary.span());
  if (!decoded.ok()) return with_path(path, error.message);
  uint64_t most = engine.config().table_elements;
  for (const component::DecodedModule& module : decoded->modules)
    for (const wasm::ExternType& table : module.module.tables)
      if (table.limits.min > most)
        return with_path(path, "the component starts with a table of " +
                                   std::to_string(table.limits.min) +
                                   " elements, and --max-table-elements allows " +
                                   std::to_string(most) + ": raise --max-table-elements");
  return with_path(path, error.message);
}

Result<ComponentPtr> load_artifact(engine::Engine& engine, const std::string& path,
                                   const Bytes& content) {
  auto artifact = decode_artifact(content);
  if (!artifact.ok()) return Err(with_path(path, artifact.error().message));
  if (artifact->engine_identity != engine_identity(engine))
    return Err(with_path(path,
                         "it was compiled for another engine, other settings or another "
                         "processor; compile the component again"));
  std::vector<engine::Module> modules;
  for (const Bytes& native : artifact->modules) {
    auto module = engine::Module::deserialize(engine, native.span());
    if (!module.ok()) return Err(with_path(path, module.error().message));
    modules.push_back(std::move(*module));
  }
  auto loaded = component::Component::load(artifact->component.span(), std::move(modules));
  if (!loaded.ok()) return Err(with_path(path, loaded.error().message));
  return std::move(*loaded);
}

// The modules of a cache entry. An entry that the engine refuses counts as none.
std::optional<std::vector<engine::Module>> open_modules(engine::Engine& engine,
                                                        std::vector<Descriptor> files) {
  std::vector<engine::Module> modules;
  for (const Descriptor& file : files) {
    // By way of the descriptor, so that what was verified is what is mapped.
    auto module = engine::Module::open(engine, "/proc/self/fd/" + std::to_string(file.get()));
    if (!module.ok()) return std::nullopt;
    modules.push_back(std::move(*module));
  }
  return modules;
}

Result<ComponentPtr> compile_cached(engine::Engine& engine, const CompileCache& cache,
                                    const std::string& path, const FileContent& file,
                                    const Bytes& binary, Log& log) {
  auto digest = cache.recall(file.status);
  if (!digest) {
    digest = crypto::sha256(file.bytes.span());
    cache.remember(file.status, *digest);
  }
  std::string key = CompileCache::key(*digest, engine_identity(engine));
  auto lock = cache.lock(key);
  if (!lock.ok()) log.warning(lock.error().message);
  if (auto files = cache.find(key))
    if (auto modules = open_modules(engine, std::move(*files))) {
      auto loaded = component::Component::load(binary.span(), std::move(*modules));
      if (loaded.ok()) return std::move(*loaded);
    }
  log.info("compiling " + escaped(path) + "; the next start is quicker");
  auto compiled = component::Component::compile(engine, binary.span());
  if (!compiled.ok()) return Err(refusal(engine, path, binary, compiled.error()));
  auto native = (*compiled)->serialize();
  if (native.ok()) {
    auto stored = cache.store(key, *native);
    if (!stored.ok()) log.warning(stored.error().message);
  } else {
    log.warning("cannot keep the compiled component: " + native.error().message);
  }
  return std::move(*compiled);
}

}  // namespace

std::string engine_identity(const engine::Engine& engine) {
  const engine::EngineFacts& facts = engine.facts();
  std::string identity = "wasmtime " + facts.version + " ";
  uint8_t hash[8];
  for (int i = 0; i < 8; ++i)
    hash[i] = static_cast<uint8_t>(facts.compatibility_hash >> (56 - 8 * i));
  // Code depends on how much address space a memory has, which the engine's own hash leaves out
  // where it can check it at load time.
  return identity + hex(hash) + " " + std::to_string(facts.memory_reservation);
}

Result<ComponentPtr> load_component(engine::Engine& engine, const std::string& path,
                                    const CompileCache* cache, Log& log) {
  FileContent file = WEIR_TRY(read_file(path));
  if (is_artifact(file.bytes.span())) return load_artifact(engine, path, file.bytes);
  Bytes binary = WEIR_TRY(component_binary(path, file.bytes));
  if (cache) return compile_cached(engine, *cache, path, file, binary, log);
  log.info("compiling " + escaped(path));
  auto compiled = component::Component::compile(engine, binary.span());
  if (!compiled.ok()) return Err(refusal(engine, path, binary, compiled.error()));
  return std::move(*compiled);
}

Result<Bytes> compile_to_artifact(engine::Engine& engine, const std::string& path) {
  FileContent file = WEIR_TRY(read_file(path));
  if (is_artifact(file.bytes.span())) return Err(with_path(path, "it is compiled already"));
  Bytes binary = WEIR_TRY(component_binary(path, file.bytes));
  auto compiled = component::Component::compile(engine, binary.span());
  if (!compiled.ok()) return Err(refusal(engine, path, binary, compiled.error()));
  Artifact artifact;
  artifact.engine_identity = engine_identity(engine);
  artifact.component = binary;
  artifact.modules = WEIR_TRY((*compiled)->serialize());
  return encode_artifact(artifact);
}

}  // namespace weir::host
