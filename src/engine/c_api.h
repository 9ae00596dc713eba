#pragma once

// The engine's C API, for this room's own .cc files alone, and the small things that they share.

#include <wasmtime.h>
#include <weir_engine_shim.h>

#include <string>

#include "engine/extern.h"
#include "engine/types.h"
#include "util/result.h"

namespace weir::engine {

inline wasmtime_instance_t* raw(Instance& value) {
  return reinterpret_cast<wasmtime_instance_t*>(&value);
}
inline const wasmtime_func_t* raw(const Func& value) {
  return reinterpret_cast<const wasmtime_func_t*>(&value);
}
inline const wasmtime_table_t* raw(const Table& value) {
  return reinterpret_cast<const wasmtime_table_t*>(&value);
}
inline const wasmtime_global_t* raw(const Global& value) {
  return reinterpret_cast<const wasmtime_global_t*>(&value);
}
inline const wasmtime_memory_t* raw(const MemoryRef& value) {
  return reinterpret_cast<const wasmtime_memory_t*>(&value);
}
inline wasmtime_extern_t* raw(Extern& value) {
  return reinterpret_cast<wasmtime_extern_t*>(&value);
}
inline const wasmtime_extern_t* raw(const Extern& value) {
  return reinterpret_cast<const wasmtime_extern_t*>(&value);
}

// Consumes `error` and gives its text, causes included.
std::string take_message(wasmtime_error_t* error);
// `take_message` as an error that says in front what was being done.
Error take_error(wasmtime_error_t* error, const char* doing);

std::string to_string(const wasm_byte_vec_t& bytes);

// Takes nothing: reads a type of the C API.
ExternType extern_type(const wasm_externtype_t* type);

}  // namespace weir::engine
