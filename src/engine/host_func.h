#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "engine/module.h"
#include "engine/raw.h"
#include "engine/trap.h"
#include "engine/types.h"
#include "util/result.h"

struct wasmtime_linker;
struct wasmtime_instance_pre;

namespace weir::engine {

class Store;

// A function that guests import. `values` holds the arguments and takes the results, `count` is the
// greater number of the two. `store` is the caller's; it runs on the fiber `store.fiber()`. To
// wait, it calls `store.fiber().suspend()`. Returning a trap ends the guest.
using HostFn = Trap (*)(const void* env, Store& store, Raw* values, size_t count) noexcept;

// The functions that the modules of one component import. Built once, then immutable and shared by
// all threads; outlives the stores that use it, and `env` outlives it.
class HostFuncs {
 public:
  explicit HostFuncs(Engine& engine);
  ~HostFuncs();
  HostFuncs(const HostFuncs&) = delete;
  HostFuncs& operator=(const HostFuncs&) = delete;

  // Adds a function and returns its id: 0, 1, 2 ...
  uint32_t define(const FuncType& type, HostFn function, const void* env);

  size_t size() const { return entries_.size(); }

  // What the engine calls back with; the address is stable.
  struct Entry {
    HostFn function;
    const void* env;
    FuncType type;
    std::string name;
  };
  // The module name under which `raw` has them; `Entry::name` is the other half.
  static constexpr std::string_view linker_module = "weir";
  const Entry& entry(uint32_t id) const { return *entries_[id]; }
  wasmtime_linker* raw() const { return linker_; }

 private:
  wasmtime_linker* linker_;
  std::vector<std::unique_ptr<Entry>> entries_;
};

// A module whose imports are all host functions, resolved and type-checked once: the fast way to
// instantiate. Immutable, shared by all threads; must not outlive the engine or the `HostFuncs`.
class InstancePre {
 public:
  InstancePre() = default;
  // `ids[i]` is the function in `functions` for the module's import `i`.
  static Result<InstancePre> prepare(Engine& engine, const Module& module,
                                     const HostFuncs& functions, std::span<const uint32_t> ids);
  InstancePre(InstancePre&& other) noexcept;
  InstancePre& operator=(InstancePre&& other) noexcept;
  ~InstancePre();

  explicit operator bool() const { return raw_ != nullptr; }
  const wasmtime_instance_pre* raw() const { return raw_; }

 private:
  explicit InstancePre(wasmtime_instance_pre* raw) : raw_(raw) {}
  wasmtime_instance_pre* raw_ = nullptr;
};

}  // namespace weir::engine
