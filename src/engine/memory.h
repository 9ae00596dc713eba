#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/extern.h"

namespace weir::engine {

class Store;

// A linear memory of an instance. The base never moves. The size is read again only if a memory of
// the store may have grown. Lives as long as its store.
class Memory {
 public:
  Memory() = default;
  Memory(Store& store, MemoryRef ref);

  explicit operator bool() const { return store_ != nullptr; }

  uint8_t* base() const { return base_; }
  inline size_t size();
  std::span<uint8_t> bytes() { return {base_, size()}; }

 private:
  void refresh();

  Store* store_ = nullptr;
  uint8_t* base_ = nullptr;
  size_t size_ = 0;
  uint64_t growth_seen_ = 0;
  MemoryRef ref_;
};

}  // namespace weir::engine

#include "engine/store.h"

namespace weir::engine {

inline size_t Memory::size() {
  if (growth_seen_ != store_->growth_count()) [[unlikely]]
    refresh();
  return size_;
}

}  // namespace weir::engine
