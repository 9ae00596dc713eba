#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/engine.h"
#include "engine/extern.h"
#include "engine/host_func.h"
#include "engine/memory_limit.h"
#include "engine/module.h"
#include "engine/raw.h"
#include "engine/trap.h"
#include "util/assert.h"
#include "util/result.h"

struct wasmtime_store;
struct wasmtime_context;

namespace weir::engine {

class Fiber;
struct Activation;

// What core instances live in: one for each component instance. Belongs to one thread. After a trap
// its instances must not be entered again. Fibers that it owns are destroyed before it.
class Store {
 public:
  // `owner` is whatever host functions need to find (the component instance), as `owner()`.
  Store(Engine& engine, void* owner);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  Engine& engine() const { return engine_; }
  void* owner() const { return owner_; }
  template <class T>
  T& owner_as() const {
    return *static_cast<T*>(owner_);
  }

  // Counts the memories that are made from now on. `limit` outlives the store.
  void set_memory_limit(MemoryLimit& limit);

  // Both run no guest code, and neither may be called on a fiber. The trap is `memory_limit`,
  // `pool_exhausted`, or `host` for imports that do not fit.
  Result<Instance, Trap> instantiate(const InstancePre& pre);
  // `imports[i]` is for the module's import `i`; all are of this store.
  Result<Instance, Trap> instantiate(const Module& module, std::span<const Extern> imports);

  // Once every instance is made and before any of their code has run: lets `reset` make even those
  // what they were whose tables and globals the engine has filled by code.
  void note_start();
  // Makes every instance what it was right after it was instantiated, whatever has run in it since:
  // memories, tables, globals and segments. Instances, and what was got from them, stay valid. Not
  // while a fiber of this store exists. False where it cannot be done, or after a trap: then the
  // store must not be entered again.
  bool reset();

  // The function `id` as a value of this store, for the slower of the two. Each call makes a new
  // one, which lives as long as the store: keep it.
  Func host_func(const HostFuncs& functions, uint32_t id);

  // The export of `instance`, which is of the module that `id` is of.
  Extern get(Instance instance, ExportId id);
  Func get_func(Instance instance, ExportId id);

  // Null references and indices out of bounds give an empty `Func`.
  Func table_get(const Table& table, uint64_t index);
  uint64_t table_size(const Table& table);
  // Puts a function, or with an empty one a null reference; false when out of bounds.
  bool table_set(const Table& table, uint64_t index, const Func& func);
  // Whether the function takes one i32 and gives nothing.
  bool takes_one_i32(const Func& func);
  int32_t global_get_i32(const Global& global);
  void global_set_i32(const Global& global, int32_t value);

  // Calls a guest function on `fiber`, which is the one that is running. `values` holds the
  // arguments and takes the results; `count` is the greater number of the two and is not checked
  // against the function's type. Traps at once if the fiber was cancelled, has no stack left for
  // another guest, or the store is closed.
  Trap call(Fiber& fiber, const Func& func, Raw* values, size_t count);

  // The fiber that runs this store's code now. Only where some does: in host functions, and what
  // they call.
  Fiber& fiber() const {
    WEIR_ASSERT(fiber_ != nullptr);
    return *fiber_;
  }
  bool on_fiber() const { return fiber_ != nullptr; }

  // False while a fiber is suspended in the middle of this store's code: nothing may enter it.
  bool open() const { return closed_ == 0; }

  // Changes whenever a memory of this store may have grown.
  uint64_t growth_count() const { return growth_count_; }
  // Bytes of its memories, where they are counted.
  uint64_t memory_bytes() const { return memory_bytes_; }

  wasmtime_context* raw() const { return context_; }

 private:
  friend class Fiber;
  friend struct StoreCallbacks;
  friend struct HostFuncCalls;

  // What the core engine asks before a memory grows; laid out as its `weir_limiter_t`.
  struct Limiter {
    void* env;
    bool (*memory_growing)(void* env, size_t current, size_t desired, size_t maximum);
    void (*memory_grow_failed)(void* env);
  };

  Trap trap_of_call(void* raw_trap, void* error);
  Result<Instance, Trap> instantiated(Instance instance, void* raw_trap, void* error);

  Engine& engine_;
  void* owner_;
  wasmtime_store* store_;
  wasmtime_context* context_;
  Fiber* fiber_ = nullptr;
  uint32_t closed_ = 0;
  // Whether memory was refused since the last instantiation began.
  bool refused_ = false;
  // Whether a call has ended with a trap.
  bool trapped_ = false;
  Limiter limiter_;
  // A trap that is on its way from a host function through guest frames to `call`.
  Trap in_flight_;
  MemoryLimit* memory_limit_ = nullptr;
  uint64_t memory_bytes_ = 0;
  uint64_t growth_count_ = 0;
};

}  // namespace weir::engine
