#include "engine/store.h"

#include <sys/resource.h>

#include "engine/activation.h"
#include "engine/c_api.h"
#include "engine/fiber.h"
#include "engine/switch_notes.h"
#include "engine/trap_reader.h"

namespace weir::engine {

struct StoreCallbacks {
  static Store& store(void* env) { return *static_cast<Store*>(env); }

  static bool memory_growing(void* env, size_t current, size_t desired, size_t maximum) {
    Store& self = store(env);
    self.growth_count_++;
    // Beyond what the module itself allows it fails anyway; beyond the pool, for our reasons.
    bool beyond_pool = desired > self.engine_.facts().max_memory_bytes;
    if (desired > maximum && !beyond_pool) return true;
    MemoryLimit* limit = self.memory_limit_;
    uint64_t more = desired - current;
    if (beyond_pool || (limit && !limit->take(more))) {
      if (limit) limit->note_refusal();
      self.refused_ = true;
      return false;
    }
    self.memory_bytes_ += more;
    return true;
  }

  // Growth beyond what a memory's type can have never got as far as `memory_growing`.
  static void memory_grow_failed(void* env) { store(env).growth_count_++; }

  static wasmtime_error_t* deadline(wasmtime_context_t*, void* env, uint64_t* more,
                                    wasmtime_update_deadline_kind_t* kind) {
    Store& self = store(env);
    *more = 1;
    *kind = WASMTIME_UPDATE_DEADLINE_CONTINUE;
    // Off a fiber only the engine's own code that fills tables and memories runs, which is short.
    if (!self.on_fiber()) return nullptr;
    Trap trap = self.fiber().on_epoch();
    if (!trap) return nullptr;
    self.in_flight_ = std::move(trap);
    return wasmtime_error_new("the host ended the guest");
  }
};

Store::Store(Engine& engine, void* owner)
    : engine_(engine),
      owner_(owner),
      store_(wasmtime_store_new(engine.raw(), this, nullptr)),
      context_(wasmtime_store_context(store_)),
      limiter_{this, StoreCallbacks::memory_growing, StoreCallbacks::memory_grow_failed} {
  static_assert(sizeof(Limiter) == sizeof(weir_limiter_t));
  weir_store_limiter_set(store_, reinterpret_cast<weir_limiter_t*>(&limiter_));
  if (engine.config().epochs) {
    wasmtime_context_set_epoch_deadline(context_, 1);
    wasmtime_store_epoch_deadline_callback(store_, StoreCallbacks::deadline, this, nullptr);
  }
}

Store::~Store() {
  SwitchNotes::gives_slot(engine_.raw());
  wasmtime_store_delete(store_);
  if (memory_limit_) memory_limit_->give_back(memory_bytes_);
}

void Store::set_memory_limit(MemoryLimit& limit) {
  WEIR_ASSERT(memory_limit_ == nullptr && memory_bytes_ == 0);
  memory_limit_ = &limit;
}

Result<Instance, Trap> Store::instantiate(const InstancePre& pre) {
  Instance instance;
  wasm_trap_t* trap = nullptr;
  refused_ = false;
  wasmtime_error_t* error =
      wasmtime_instance_pre_instantiate(pre.raw(), context_, engine::raw(instance), &trap);
  return instantiated(instance, trap, error);
}

Result<Instance, Trap> Store::instantiate(const Module& module, std::span<const Extern> imports) {
  Instance instance;
  wasm_trap_t* trap = nullptr;
  refused_ = false;
  wasmtime_error_t* error = wasmtime_instance_new(
      context_, module.raw(), reinterpret_cast<const wasmtime_extern_t*>(imports.data()),
      imports.size(), engine::raw(instance), &trap);
  return instantiated(instance, trap, error);
}

Result<Instance, Trap> Store::instantiated(Instance instance, void* raw_trap, void* error) {
  if (!raw_trap && !error) [[likely]]
    return instance;
  Trap trap = TrapReader::of_setup(static_cast<wasm_trap_t*>(raw_trap),
                                   static_cast<wasmtime_error_t*>(error), "instantiation failed");
  if (refused_) {
    uint64_t limit = memory_limit_ ? memory_limit_->limit() : engine_.facts().max_memory_bytes;
    TrapReader::blame_memory_limit(trap, limit);
  }
  return Err(std::move(trap));
}

namespace {

// How many page faults this thread has had, large and small; 0 when that is not known.
uint64_t page_faults_of_thread() {
  rusage usage;
  if (getrusage(RUSAGE_THREAD, &usage) != 0) return 0;
  return static_cast<uint64_t>(usage.ru_minflt) + static_cast<uint64_t>(usage.ru_majflt);
}

}  // namespace

void Store::note_start() { weir_store_note_start(context_); }

bool Store::reset() {
  WEIR_ASSERT(!on_fiber() && closed_ == 0);
  if (trapped_) return false;
  uint64_t faults = engine_.facts().pagemap ? page_faults_of_thread() : 0;
  uint64_t bytes = 0;
  if (!weir_store_reset(context_, faults, &bytes)) return false;
  if (memory_limit_) {
    memory_limit_->give_back(memory_bytes_ - bytes);
    memory_bytes_ = bytes;
  }
  growth_count_++;
  if (engine_.config().epochs) wasmtime_context_set_epoch_deadline(context_, 1);
  return true;
}

Func Store::host_func(const HostFuncs& functions, uint32_t id) {
  wasmtime_extern_t item;
  std::string_view module = HostFuncs::linker_module;
  const std::string& name = functions.entry(id).name;
  bool found = wasmtime_linker_get(functions.raw(), context_, module.data(), module.size(),
                                   name.data(), name.size(), &item);
  WEIR_ASSERT(found && item.kind == WASMTIME_EXTERN_FUNC);
  return Func{item.of.func.store_id, item.of.func.__private};
}

Extern Store::get(Instance instance, ExportId id) {
  Extern out;
  bool found = weir_instance_export_at(context_, engine::raw(instance), id.raw(), engine::raw(out));
  WEIR_ASSERT(found);
  return out;
}

Func Store::get_func(Instance instance, ExportId id) {
  Extern out = get(instance, id);
  WEIR_ASSERT(out.kind == ExternKind::func);
  return out.func;
}

Func Store::table_get(const Table& table, uint64_t index) {
  wasmtime_val_t value;
  if (!wasmtime_table_get(context_, engine::raw(table), index, &value)) return {};
  Func out;
  if (value.kind == WASMTIME_FUNCREF) {
    out = Func{value.of.funcref.store_id, value.of.funcref.__private};
  } else {
    wasmtime_val_unroot(&value);
  }
  return out;
}

uint64_t Store::table_size(const Table& table) {
  return wasmtime_table_size(context_, engine::raw(table));
}

bool Store::table_set(const Table& table, uint64_t index, const Func& func) {
  wasmtime_val_t value;
  value.kind = WASMTIME_FUNCREF;
  value.of.funcref = *engine::raw(func);
  wasmtime_error_t* error = wasmtime_table_set(context_, engine::raw(table), index, &value);
  if (!error) return true;
  wasmtime_error_delete(error);
  return false;
}

bool Store::takes_one_i32(const Func& func) {
  wasm_functype_t* type = wasmtime_func_type(context_, engine::raw(func));
  const wasm_valtype_vec_t* params = wasm_functype_params(type);
  bool fits = params->size == 1 && wasm_valtype_kind(params->data[0]) == WASM_I32 &&
              wasm_functype_results(type)->size == 0;
  wasm_functype_delete(type);
  return fits;
}

int32_t Store::global_get_i32(const Global& global) {
  wasmtime_val_t value;
  wasmtime_global_get(context_, engine::raw(global), &value);
  return value.of.i32;
}

void Store::global_set_i32(const Global& global, int32_t to) {
  wasmtime_val_t value;
  value.kind = WASMTIME_I32;
  value.of.i32 = to;
  wasmtime_error_t* error = wasmtime_global_set(context_, engine::raw(global), &value);
  WEIR_ASSERT(error == nullptr);
}

Trap Store::call(Fiber& fiber, const Func& func, Raw* values, size_t count) {
  WEIR_ASSERT(fiber.running_);
  if (fiber.cancelled_) [[unlikely]]
    return Trap::cancelled();
  if (closed_ != 0) [[unlikely]] {
    return Trap(Trap::Kind::host, "cannot enter an instance that is suspended");
  }
  if (fiber.stack_left() < fiber.stack_needed_) [[unlikely]] {
    return Trap(Trap::Kind::stack_exhausted,
                "too many calls between host and guests are nested in each other");
  }
  Activation activation{.store = this, .outer = fiber.top_, .previous = fiber_};
  fiber.top_ = &activation;
  fiber_ = &fiber;
  wasm_trap_t* raw_trap = nullptr;
  wasmtime_error_t* error = wasmtime_func_call_unchecked(
      context_, engine::raw(func), reinterpret_cast<wasmtime_val_raw_t*>(values), count, &raw_trap);
  fiber_ = activation.previous;
  fiber.top_ = activation.outer;
  if (!raw_trap && !error) [[likely]]
    return {};
  trapped_ = true;
  return trap_of_call(raw_trap, error);
}

Trap Store::trap_of_call(void* raw_trap, void* raw_error) {
  auto* trap = static_cast<wasm_trap_t*>(raw_trap);
  auto* error = static_cast<wasmtime_error_t*>(raw_error);
  if (in_flight_) {
    Trap ours = std::move(in_flight_);
    TrapReader::add_frames(ours, trap, error);
    return ours;
  }
  Trap theirs = TrapReader::of_call(trap, error);
  // A guest that gives up executes `unreachable`; without memory for its collector, the engine
  // does.
  bool gave_up = theirs.code() == TrapCode::unreachable || theirs.kind() == Trap::Kind::host;
  if (gave_up && memory_limit_ && memory_limit_->refused()) {
    TrapReader::blame_memory_limit(theirs, memory_limit_->limit());
  }
  return theirs;
}

}  // namespace weir::engine
