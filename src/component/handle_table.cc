#include "component/handle_table.h"

#include <utility>

#include "util/assert.h"

namespace weir::component {

HandleTable::~HandleTable() { clear(); }

void HandleTable::clear() {
  // A destructor may not reach this table, so entries need not be freed one by one.
  for (size_t i = entries_.size(); i > 0; --i) {
    Entry& entry = entries_[i - 1];
    if (entry.kind == Kind::own) delete entry.object.host;
    if (entry.kind == Kind::item) delete entry.item;
  }
  entries_.clear();
  limit_.used -= used_;
  free_ = used_ = 0;
}

HandleTable::Entry* HandleTable::take_entry(uint32_t& index) {
  index = 0;
  if (limit_.used >= limit_.limit) return nullptr;
  limit_.used += 1;
  used_ += 1;
  index = free_;
  if (index == 0) {
    if (entries_.capacity() == 0) entries_.reserve(16);
    entries_.emplace_back();
    index = static_cast<uint32_t>(entries_.size());
  } else {
    free_ = entries_[index - 1].lends;
  }
  return &entries_[index - 1];
}

uint32_t HandleTable::add(ResourceKey key, Object object, BorrowScope* scope) {
  uint32_t index;
  Entry* entry = take_entry(index);
  if (!entry) return 0;
  *entry = {key, object, {scope}, 0, scope ? Kind::borrow : Kind::own};
  if (scope) scope->borrows += 1;
  return index;
}

uint32_t HandleTable::add_item(std::unique_ptr<TableItem> item) {
  uint32_t index;
  Entry* entry = take_entry(index);
  if (!entry) return 0;
  *entry = {};
  entry->kind = Kind::item;
  entry->item = item.release();
  return index;
}

std::unique_ptr<TableItem> HandleTable::remove_item(uint32_t index) {
  Entry* entry = find(index);
  WEIR_ASSERT(entry != nullptr && entry->kind == Kind::item);
  std::unique_ptr<TableItem> item(std::exchange(entry->item, nullptr));
  entry->kind = Kind::own;
  static_cast<void>(remove(index));
  return item;
}

HandleTable::Error HandleTable::check(uint32_t index, ResourceKey key, bool own) {
  Entry* entry = find(index);
  if (!entry) return Error::unknown;
  if (entry->key != key) return Error::wrong_type;
  if (entry->lends != 0) return Error::lent;
  if (own && entry->kind != Kind::own) return Error::borrowed;
  return Error::none;
}

HandleTable::Entry HandleTable::remove(uint32_t index) {
  Entry* entry = find(index);
  WEIR_ASSERT(entry != nullptr);
  Entry removed = *entry;
  if (removed.kind == Kind::borrow) removed.scope->borrows -= 1;
  *entry = {};
  entry->lends = free_;
  free_ = index;
  used_ -= 1;
  limit_.used -= 1;
  return removed;
}

const char* describe(HandleTable::Error error) {
  switch (error) {
    case HandleTable::Error::none:
      return "";
    case HandleTable::Error::unknown:
      return "unknown handle index";
    case HandleTable::Error::wrong_type:
      return "handle index used with the wrong type";
    case HandleTable::Error::lent:
      return "cannot remove owned resource while borrowed";
    case HandleTable::Error::borrowed:
      return "cannot lift own resource from a borrow";
  }
  return "";
}

}  // namespace weir::component
