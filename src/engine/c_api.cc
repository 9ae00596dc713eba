#include "engine/c_api.h"

#include <cstddef>

namespace weir::engine {

static_assert(sizeof(Raw) == sizeof(wasmtime_val_raw_t) &&
              alignof(Raw) == alignof(wasmtime_val_raw_t));
static_assert(sizeof(Instance) == sizeof(wasmtime_instance_t));
static_assert(sizeof(Func) == sizeof(wasmtime_func_t));
static_assert(sizeof(Table) == sizeof(wasmtime_table_t) &&
              offsetof(Table, item2) == offsetof(wasmtime_table_t, __private2));
static_assert(sizeof(MemoryRef) == sizeof(wasmtime_memory_t) &&
              offsetof(MemoryRef, item2) == offsetof(wasmtime_memory_t, __private2));
static_assert(sizeof(Global) == sizeof(wasmtime_global_t) &&
              offsetof(Global, item3) == offsetof(wasmtime_global_t, __private3));
static_assert(sizeof(Extern) == sizeof(wasmtime_extern_t) &&
              offsetof(Extern, kind) == offsetof(wasmtime_extern_t, kind) &&
              offsetof(Extern, func) == offsetof(wasmtime_extern_t, of));
static_assert(static_cast<int>(ExternKind::func) == WASMTIME_EXTERN_FUNC &&
              static_cast<int>(ExternKind::global) == WASMTIME_EXTERN_GLOBAL &&
              static_cast<int>(ExternKind::table) == WASMTIME_EXTERN_TABLE &&
              static_cast<int>(ExternKind::memory) == WASMTIME_EXTERN_MEMORY &&
              static_cast<int>(ExternKind::tag) == WASMTIME_EXTERN_TAG);

std::string to_string(const wasm_byte_vec_t& bytes) { return std::string(bytes.data, bytes.size); }

std::string take_message(wasmtime_error_t* error) {
  wasm_byte_vec_t text;
  wasmtime_error_message(error, &text);
  std::string message = to_string(text);
  wasm_byte_vec_delete(&text);
  wasmtime_error_delete(error);
  return message;
}

Error take_error(wasmtime_error_t* error, const char* doing) {
  return Error{std::string(doing) + ": " + take_message(error)};
}

namespace {

// `wasm_valtype_kind` would abort the process on vectors and on references of other kinds.
std::optional<ValType> val_type(const wasm_valtype_t* type) {
  wasmtime_valtype_t full;
  wasmtime_valtype_new(type, &full);
  std::optional<ValType> out;
  switch (full.kind) {
    case WASMTIME_VALTYPE_KIND_I32:
      out = ValType::i32;
      break;
    case WASMTIME_VALTYPE_KIND_I64:
      out = ValType::i64;
      break;
    case WASMTIME_VALTYPE_KIND_F32:
      out = ValType::f32;
      break;
    case WASMTIME_VALTYPE_KIND_F64:
      out = ValType::f64;
      break;
    case WASMTIME_VALTYPE_KIND_V128:
      out = ValType::v128;
      break;
    case WASMTIME_VALTYPE_KIND_REF: {
      auto heap = full.reftype.heaptype.kind;
      if (full.reftype.nullable && heap == WASMTIME_HEAPTYPE_KIND_FUNC) out = ValType::funcref;
      if (full.reftype.nullable && heap == WASMTIME_HEAPTYPE_KIND_EXTERN) out = ValType::externref;
      break;
    }
    default:
      break;
  }
  wasmtime_valtype_delete(&full);
  return out;
}

bool append_types(const wasm_valtype_vec_t* from, std::vector<ValType>& to) {
  for (size_t i = 0; i < from->size; i++) {
    auto type = val_type(from->data[i]);
    if (!type) return false;
    to.push_back(*type);
  }
  return true;
}

}  // namespace

ExternType extern_type(const wasm_externtype_t* type) {
  ExternType out;
  out.kind = ExternKind::tag;
  switch (wasm_externtype_kind(type)) {
    case WASM_EXTERN_FUNC: {
      out.kind = ExternKind::func;
      const wasm_functype_t* from = wasm_externtype_as_functype_const(type);
      FuncType func;
      if (append_types(wasm_functype_params(from), func.params) &&
          append_types(wasm_functype_results(from), func.results)) {
        out.func = std::move(func);
      }
      break;
    }
    case WASM_EXTERN_GLOBAL: {
      out.kind = ExternKind::global;
      const wasm_globaltype_t* from = wasm_externtype_as_globaltype_const(type);
      out.global = val_type(wasm_globaltype_content(from));
      out.is_mutable = wasm_globaltype_mutability(from) == WASM_VAR;
      break;
    }
    case WASM_EXTERN_TABLE: {
      out.kind = ExternKind::table;
      const wasm_limits_t* from = wasm_tabletype_limits(wasm_externtype_as_tabletype_const(type));
      out.limits.min = from->min;
      if (from->max != wasm_limits_max_default) out.limits.max = from->max;
      break;
    }
    case WASM_EXTERN_MEMORY: {
      out.kind = ExternKind::memory;
      const wasm_memorytype_t* from = wasm_externtype_as_memorytype_const(type);
      out.limits.min = wasmtime_memorytype_minimum(from);
      uint64_t max = 0;
      if (wasmtime_memorytype_maximum(from, &max)) out.limits.max = max;
      break;
    }
    default:
      break;
  }
  return out;
}

}  // namespace weir::engine
