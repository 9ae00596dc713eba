#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "component/async/table_item.h"
#include "component/host/resource.h"

namespace weir::component {

// How many handles the instances of one request may have together, of all kinds.
struct HandleLimit {
  uint32_t limit = 100'000;
  uint32_t used = 0;
};

// A call into a guest, as the borrowed handles that it was given know it.
class BorrowScope {
 public:
  uint32_t borrows = 0;
};

// What a handle stands for: a resource of the host, or the representation that a guest chose.
struct Object {
  HostResource* host = nullptr;
  uint32_t rep = 0;
};

// The handles of one component instance (CanonicalABI.md, "Table State"): indices from 1, the one
// freed last is given out first. Owns the host resources that it holds as `own`, and what is not a
// resource.
class HandleTable {
 public:
  enum class Kind : uint8_t { free, own, borrow, item };
  enum class Error : uint8_t { none, unknown, wrong_type, lent, borrowed };

  struct Entry {
    ResourceKey key = nullptr;
    Object object;
    union {
      // For a borrow: the call that it was given to.
      BorrowScope* scope = nullptr;
      // For what is not a resource.
      TableItem* item;
    };
    // How many calls it is lent to now. When free: the next free index.
    uint32_t lends = 0;
    Kind kind = Kind::free;
  };

  explicit HandleTable(HandleLimit& limit) : limit_(limit) {}
  ~HandleTable();
  HandleTable(const HandleTable&) = delete;
  HandleTable& operator=(const HandleTable&) = delete;

  // Returns the index, or 0 if the limit is reached; then `object` is not taken over.
  uint32_t add_own(ResourceKey key, Object object) { return add(key, object, nullptr); }
  uint32_t add_borrow(ResourceKey key, Object object, BorrowScope& scope) {
    return add(key, object, &scope);
  }

  // Null if there is no handle at `index`. Good until one is added.
  Entry* find(uint32_t index) {
    if (index == 0 || index > entries_.size()) return nullptr;
    Entry& entry = entries_[index - 1];
    return entry.kind == Kind::free ? nullptr : &entry;
  }

  // What is wrong with taking a handle out: for `drop` and, if `own`, for giving it away.
  Error check(uint32_t index, ResourceKey key, bool own);
  // Takes a handle out that `check` found in order; its object belongs to the caller.
  Entry remove(uint32_t index);

  // The same for what is not a resource. Returns 0, and destroys it, if the limit is reached.
  uint32_t add_item(std::unique_ptr<TableItem> item);
  // Null if the handle at `index` is for something else.
  TableItem* item(uint32_t index) {
    Entry* entry = find(index);
    return entry && entry->kind == Kind::item ? entry->item : nullptr;
  }
  template <class T>
  T* item(uint32_t index) {
    TableItem* found = item(index);
    return found && T::is(found->kind()) ? static_cast<T*>(found) : nullptr;
  }
  // Takes out one that `item` found.
  std::unique_ptr<TableItem> remove_item(uint32_t index);

  uint32_t size() const { return used_; }
  // Destroys what it owns, and is as good as new.
  void clear();

 private:
  uint32_t add(ResourceKey key, Object object, BorrowScope* scope);
  // A free entry, or null if the limit is reached.
  Entry* take_entry(uint32_t& index);

  HandleLimit& limit_;
  std::vector<Entry> entries_;
  uint32_t free_ = 0;
  uint32_t used_ = 0;
};

// What is wrong, for a trap.
const char* describe(HandleTable::Error error);

}  // namespace weir::component
