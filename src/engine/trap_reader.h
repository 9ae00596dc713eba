#pragma once

#include "engine/c_api.h"
#include "engine/trap.h"

namespace weir::engine {

// Makes traps of what the C API reports. For this room's own .cc files.
class TrapReader {
 public:
  // From a failed call into a guest; consumes both, one of which is null.
  static Trap of_call(wasm_trap_t* trap, wasmtime_error_t* error);
  // From an instantiation or the start of a fiber, where no guest code ran; consumes both.
  static Trap of_setup(wasm_trap_t* trap, wasmtime_error_t* error, const char* doing);
  // `trap` was on its way through the guest frames that this failed call reports: adds them.
  // Consumes the last two.
  static void add_frames(Trap& trap, wasm_trap_t* raw_trap, wasmtime_error_t* error);
  // Makes it the consequence of a refusal to grow memory.
  static void blame_memory_limit(Trap& trap, uint64_t limit_bytes);
};

}  // namespace weir::engine
