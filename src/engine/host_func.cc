#include "engine/host_func.h"

#include <map>
#include <utility>

#include "engine/c_api.h"
#include "engine/store.h"

namespace weir::engine {

struct HostFuncCalls {
  // What every host function goes through. `data` is the store.
  static bool call(const void* env, void* data, wasmtime_val_raw_t* values, size_t count) {
    const auto& entry = *static_cast<const HostFuncs::Entry*>(env);
    Store& store = *static_cast<Store*>(data);
    Trap trap = entry.function(entry.env, store, reinterpret_cast<Raw*>(values), count);
    if (!trap) [[likely]]
      return true;
    store.in_flight_ = std::move(trap);
    return false;
  }
};

namespace {

wasmtime_error_t* define_in(wasmtime_linker_t* linker, std::string_view module,
                            std::string_view name, const HostFuncs::Entry& entry) {
  static_assert(sizeof(ValType) == 1 && static_cast<int>(ValType::externref) == 6);
  const FuncType& type = entry.type;
  return weir_linker_define_func(linker, module.data(), module.size(), name.data(), name.size(),
                                 reinterpret_cast<const uint8_t*>(type.params.data()),
                                 type.params.size(),
                                 reinterpret_cast<const uint8_t*>(type.results.data()),
                                 type.results.size(), HostFuncCalls::call, &entry);
}

}  // namespace

HostFuncs::HostFuncs(Engine& engine) : linker_(wasmtime_linker_new(engine.raw())) {}

HostFuncs::~HostFuncs() { wasmtime_linker_delete(linker_); }

uint32_t HostFuncs::define(const FuncType& type, HostFn function, const void* env) {
  auto id = static_cast<uint32_t>(entries_.size());
  entries_.push_back(std::make_unique<Entry>(Entry{function, env, type, std::to_string(id)}));
  const Entry& entry = *entries_.back();
  wasmtime_error_t* error = define_in(linker_, linker_module, entry.name, entry);
  WEIR_ASSERT(error == nullptr);
  return id;
}

Result<InstancePre> InstancePre::prepare(Engine& engine, const Module& module,
                                         const HostFuncs& functions,
                                         std::span<const uint32_t> ids) {
  std::span<const ImportType> imports = module.imports();
  WEIR_ASSERT(ids.size() == imports.size());
  wasmtime_linker_t* linker = wasmtime_linker_new(engine.raw());
  wasmtime_error_t* error = nullptr;
  // A module may name an import more than once.
  std::map<std::pair<std::string_view, std::string_view>, uint32_t> defined;
  for (size_t i = 0; i < imports.size() && !error; i++) {
    const HostFuncs::Entry& entry = functions.entry(ids[i]);
    auto [known, fresh] = defined.try_emplace({imports[i].module, imports[i].name}, ids[i]);
    if (!fresh && known->second == ids[i]) continue;
    error = define_in(linker, imports[i].module, imports[i].name, entry);
  }
  wasmtime_instance_pre_t* raw = nullptr;
  if (!error) error = wasmtime_linker_instantiate_pre(linker, module.raw(), &raw);
  wasmtime_linker_delete(linker);
  if (error) return Err(take_error(error, "the imports of a core module cannot be resolved"));
  return InstancePre(raw);
}

InstancePre::InstancePre(InstancePre&& other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}

InstancePre& InstancePre::operator=(InstancePre&& other) noexcept {
  std::swap(raw_, other.raw_);
  return *this;
}

InstancePre::~InstancePre() {
  if (raw_) wasmtime_instance_pre_delete(raw_);
}

}  // namespace weir::engine
