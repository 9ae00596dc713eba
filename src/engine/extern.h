#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/types.h"

namespace weir::engine {

// What stores hold. Small values that name something in one store, have no destructor, and are of
// no use once that store is gone. Using one with another store aborts the process. `c_api.cc`
// asserts that they are laid out as the engine's own.

struct Instance {
  uint64_t store_id = 0;
  size_t index = 0;
};

struct Func {
  uint64_t store_id = 0;
  void* item = nullptr;
  // False for a null reference.
  explicit operator bool() const { return store_id != 0; }
};

struct Table {
  uint64_t store_id = 0;
  uint32_t item1 = 0;
  uint32_t padding = 0;
  uint32_t item2 = 0;
};

struct Global {
  uint64_t store_id = 0;
  uint32_t item1 = 0;
  uint32_t item2 = 0;
  uint32_t item3 = 0;
};

struct MemoryRef {
  uint64_t store_id = 0;
  uint32_t item1 = 0;
  uint32_t padding = 0;
  uint32_t item2 = 0;
};

// One of the four, as instantiation takes them and exports give them.
struct Extern {
  ExternKind kind = ExternKind::func;
  union {
    Func func;
    Global global;
    Table table;
    MemoryRef memory;
  };
  Extern() : func() {}
  Extern(Func value) : kind(ExternKind::func), func(value) {}
  Extern(Global value) : kind(ExternKind::global), global(value) {}
  Extern(Table value) : kind(ExternKind::table), table(value) {}
  Extern(MemoryRef value) : kind(ExternKind::memory), memory(value) {}
};

}  // namespace weir::engine
