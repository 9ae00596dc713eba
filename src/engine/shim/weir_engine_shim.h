// The functions that Weir's engine library has beyond Wasmtime's C API (src/engine/shim/src).
// Include <wasmtime.h> before it or let it do so. Nothing here blocks or takes ownership unless it
// says so.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wasmtime.h>

#ifdef __cplusplus
extern "C" {
#endif

// Most frames that a trap's backtrace holds; 0 turns backtraces off. The engine's default is 20.
void weir_config_backtrace_max_frames_set(wasm_config_t* config, size_t frames);

// Whether fiber stacks are zeroed between uses. Off by default.
void weir_config_async_stack_zeroing_set(wasm_config_t* config, bool on);

// Memory images up to this size in bytes become copy-on-write mappings however sparse they are. 16
// MiB by default.
void weir_config_memory_guaranteed_dense_image_size_set(wasm_config_t* config, uint64_t bytes);

enum { WEIR_PAGEMAP_SCAN_NO = 0, WEIR_PAGEMAP_SCAN_YES = 1, WEIR_PAGEMAP_SCAN_AUTO = 2 };

// Whether the pool resets just the pages that PAGEMAP_SCAN reports as dirty. NO by default. With
// YES, creating the engine aborts the process on a kernel without it. To be left at NO unless
// weir_engine_pagemap_mend() is not 0.
void weir_pooling_pagemap_scan_set(wasmtime_pooling_allocation_config_t* config, uint8_t choice);

// Whether the running kernel has PAGEMAP_SCAN (Linux 6.7 and later).
bool weir_pagemap_scan_available(void);

// Which edits of the engine's PAGEMAP_SCAN this library was built with: 0 none, in which case a
// scan can leave swapped-out pages of one instance to the next; 1 swapped pages are found, and a
// scan goes on after a full list.
uint32_t weir_engine_pagemap_mend(void);

// The engine's version, as "48.0.8". Static.
const char* weir_engine_version(void);

// Changes whenever code compiled by this engine, with its settings, could not be loaded by another
// one: engine version, compiler settings, CPU features, WebAssembly features. For the key of a
// cache of compiled code.
uint64_t weir_engine_compatibility_hash(const wasm_engine_t* engine);

// How full the pool is. Counts are of slots in use, but for those named unused, which are free and
// still hold memory.
typedef struct weir_pool_metrics {
  uint64_t core_instances;
  uint64_t memories;
  uint64_t tables;
  uint64_t stacks;
  uint64_t gc_heaps;
  uint64_t unused_warm_memories;
  uint64_t unused_memory_bytes_resident;
  uint64_t unused_warm_tables;
  uint64_t unused_table_bytes_resident;
  uint64_t unused_warm_stacks;
} weir_pool_metrics_t;

// Fills `out`; false when the engine does not use the pooling allocator.
bool weir_engine_pool_metrics(const wasm_engine_t* engine, weir_pool_metrics_t* out);

// The place of an export in a module. Belongs to that module and to every instance of it, in any
// store and thread.
typedef struct weir_module_export weir_module_export_t;

// Looks up an export by name. Returns NULL when the module has no such export; else the caller owns
// the result.
weir_module_export_t* weir_module_export_new(const wasmtime_module_t* module, const char* name,
                                             size_t name_len);

// Ends it; NULL is allowed.
void weir_module_export_delete(weir_module_export_t* module_export);

// Fills `item` with the export of an instance, without looking at names. False, with `item`
// untouched, when the instance is of another module.
bool weir_instance_export_at(wasmtime_context_t* context, const wasmtime_instance_t* instance,
                             const weir_module_export_t* module_export, wasmtime_extern_t* item);

// Makes the module's copy-on-write memory images now instead of at the first instantiation. NULL
// when done, else an error that the caller owns.
wasmtime_error_t* weir_module_prepare_image(const wasmtime_module_t* module);

// Defines a function in the linker; `params` and `results` hold one byte a value: 0 i32, 1 i64, 2
// f32, 3 f64, 4 v128, 5 funcref, 6 externref. `callback` gets `env`, the data of the calling store,
// and arguments and results in place; it answers false to end the guest, whose caller then gets an
// error. It may be called on any thread, so `env` is shared by them; both outlive the linker and
// what was instantiated through it.
wasmtime_error_t* weir_linker_define_func(
    wasmtime_linker_t* linker, const char* module, size_t module_len, const char* name,
    size_t name_len, const uint8_t* params, size_t param_count, const uint8_t* results,
    size_t result_count,
    bool (*callback)(const void* env, void* data, wasmtime_val_raw_t* values, size_t count),
    const void* env);

// Asked before a linear memory is made or grows from `current` to `desired` bytes: false refuses,
// and memory.grow gives -1. `maximum` is the memory's own or the pool's, SIZE_MAX when there is
// none. `memory_grow_failed` tells that a growth which was allowed did not happen.
typedef struct weir_limiter {
  void* env;
  bool (*memory_growing)(void* env, size_t current, size_t desired, size_t maximum);
  void (*memory_grow_failed)(void* env);
} weir_limiter_t;

// The limiter stays where it is as long as the store lives.
void weir_store_limiter_set(wasmtime_store_t* store, weir_limiter_t* limiter);

// Whether the error says that the pool has no free slot of some kind.
bool weir_error_is_pool_limit(const wasmtime_error_t* error);

// A stack of its own for `body`, which calls guests with wasmtime_func_call_unchecked. Belongs to
// the store and to the thread that first resumes it.
typedef struct weir_fiber weir_fiber_t;

// Runs nothing yet. The store outlives the fiber.
weir_fiber_t* weir_fiber_new(wasmtime_context_t* context, void (*body)(void* env), void* env);

enum { WEIR_FIBER_SUSPENDED = 0, WEIR_FIBER_DONE = 1, WEIR_FIBER_FAILED = 2 };

// Runs `body` until it suspends or ends. FAILED: it could not start, and `error` is set, owned by
// the caller. Not to be called after DONE or FAILED.
uint8_t weir_fiber_resume(weir_fiber_t* fiber, wasmtime_error_t** error);

// Ends it. A suspended fiber is resumed first, its weir_fiber_suspend answering false, and must end
// without suspending.
void weir_fiber_delete(weir_fiber_t* fiber);

// On a fiber of this store, at any depth of calls: suspends it. False when it was deleted meanwhile
// or before, or there is no such fiber.
bool weir_fiber_suspend(wasmtime_context_t* context);

// On a fiber of this store: the lowest address of its stack.
uint8_t* weir_fiber_stack_bottom(wasmtime_context_t* context);

// Notes for weir_store_reset what modules did as they were instantiated: to be called once all are,
// and before any guest code has run.
void weir_store_note_start(wasmtime_context_t* context);

// Makes every instance of the store what it was before any code ran in it: memories, tables,
// globals and segments. Pointers to all of these, functions and exports stay what they were.
// Nothing runs in the store, no fiber of it is left, and the last call into it did not trap. False
// when it cannot be done (a module with a collector's heap, passive elements, or something to run
// as it is made): the store is to be deleted. `faults`: how many page faults the calling thread has
// had, which is the only one that wrote to the memories; 0: not known. `memory_bytes` is set to the
// bytes of the memories together.
bool weir_store_reset(wasmtime_context_t* context, uint64_t faults, uint64_t* memory_bytes);

enum { WEIR_TEXT_SKELETON = 1, WEIR_TEXT_OFFSETS = 2, WEIR_TEXT_NAMES = 4 };

// Prints a core module or a component, valid or not, as WebAssembly text. `flags`: SKELETON leaves
// out function bodies and the content of data and elements; OFFSETS puts the place in the binary
// before each line; NAMES makes up names for what has none. `write` gets the text in pieces of some
// KiB, which may end inside of a character, and answers false to end it; it must not throw. NULL
// when all is written, else an error that the caller owns.
wasmtime_error_t* weir_text_print(const uint8_t* wasm, size_t wasm_len, uint32_t flags,
                                  bool (*write)(void* env, const char* text, size_t size),
                                  void* env);

#ifdef __cplusplus
}
#endif
