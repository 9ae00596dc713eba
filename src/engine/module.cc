#include "engine/module.h"

#include <map>
#include <mutex>

#include "engine/c_api.h"

namespace weir::engine {

struct Module::State {
  wasmtime_module_t* raw = nullptr;
  std::vector<ImportType> imports;
  std::vector<ExportType> exports;
  std::mutex mutex;
  std::map<std::string, weir_module_export_t*, std::less<>> ids;

  ~State() {
    for (auto& [name, id] : ids) weir_module_export_delete(id);
    if (raw) wasmtime_module_delete(raw);
  }
};

namespace {

std::vector<ImportType> read_imports(const wasmtime_module_t* module) {
  wasm_importtype_vec_t list;
  wasmtime_module_imports(module, &list);
  std::vector<ImportType> out;
  out.reserve(list.size);
  for (size_t i = 0; i < list.size; i++) {
    const wasm_importtype_t* item = list.data[i];
    out.push_back({.module = to_string(*wasm_importtype_module(item)),
                   .name = to_string(*wasm_importtype_name(item)),
                   .type = extern_type(wasm_importtype_type(item))});
  }
  wasm_importtype_vec_delete(&list);
  return out;
}

std::vector<ExportType> read_exports(const wasmtime_module_t* module) {
  wasm_exporttype_vec_t list;
  wasmtime_module_exports(module, &list);
  std::vector<ExportType> out;
  out.reserve(list.size);
  for (size_t i = 0; i < list.size; i++) {
    const wasm_exporttype_t* item = list.data[i];
    out.push_back({.name = to_string(*wasm_exporttype_name(item)),
                   .type = extern_type(wasm_exporttype_type(item))});
  }
  wasm_exporttype_vec_delete(&list);
  return out;
}

}  // namespace

Result<Module> Module::adopt(wasmtime_module_t* raw) {
  Module module;
  module.state_ = std::make_shared<State>();
  module.state_->raw = raw;
  if (wasmtime_error_t* error = weir_module_prepare_image(raw)) {
    return Err(take_error(error, "preparing a core module's memory failed"));
  }
  module.state_->imports = read_imports(raw);
  module.state_->exports = read_exports(raw);
  return module;
}

Result<Module> Module::compile(Engine& engine, std::span<const uint8_t> wasm) {
  wasmtime_module_t* raw = nullptr;
  if (wasmtime_error_t* error = wasmtime_module_new(engine.raw(), wasm.data(), wasm.size(), &raw)) {
    return Err(take_error(error, "a core module does not compile"));
  }
  return adopt(raw);
}

Result<Module> Module::open(Engine& engine, const std::string& path) {
  wasmtime_module_t* raw = nullptr;
  if (wasmtime_error_t* error =
          wasmtime_module_deserialize_file(engine.raw(), path.c_str(), &raw)) {
    return Err(take_error(error, ("compiled code in `" + path + "` cannot be used").c_str()));
  }
  return adopt(raw);
}

Result<Module> Module::deserialize(Engine& engine, std::span<const uint8_t> compiled) {
  wasmtime_module_t* raw = nullptr;
  if (wasmtime_error_t* error =
          wasmtime_module_deserialize(engine.raw(), compiled.data(), compiled.size(), &raw)) {
    return Err(take_error(error, "compiled code cannot be used"));
  }
  return adopt(raw);
}

Result<Bytes> Module::serialize() const {
  wasm_byte_vec_t bytes;
  if (wasmtime_error_t* error = wasmtime_module_serialize(state_->raw, &bytes)) {
    return Err(take_error(error, "compiled code cannot be saved"));
  }
  Bytes out = Bytes::copy(std::string_view(bytes.data, bytes.size));
  wasm_byte_vec_delete(&bytes);
  return out;
}

std::span<const ImportType> Module::imports() const { return state_->imports; }
std::span<const ExportType> Module::exports() const { return state_->exports; }
const wasmtime_module* Module::raw() const { return state_->raw; }

ExportId Module::find_export(std::string_view name) const {
  std::lock_guard lock(state_->mutex);
  auto known = state_->ids.find(name);
  if (known != state_->ids.end()) return ExportId(known->second);
  weir_module_export_t* raw = weir_module_export_new(state_->raw, name.data(), name.size());
  if (!raw) return ExportId();
  state_->ids.emplace(name, raw);
  return ExportId(raw);
}

Result<void> validate_module(Engine& engine, std::span<const uint8_t> wasm) {
  if (wasmtime_error_t* error = wasmtime_module_validate(engine.raw(), wasm.data(), wasm.size())) {
    return Err(take_error(error, "the module is not valid"));
  }
  return {};
}

Result<Bytes> assemble(std::string_view text) {
  wasm_byte_vec_t bytes;
  if (wasmtime_error_t* error = wasmtime_wat2wasm(text.data(), text.size(), &bytes)) {
    return Err(take_error(error, "WebAssembly text cannot be read"));
  }
  Bytes out = Bytes::copy(std::string_view(bytes.data, bytes.size));
  wasm_byte_vec_delete(&bytes);
  return out;
}

}  // namespace weir::engine
