#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::wit {

// A map that keeps the order in which its keys were inserted. Walked like a vector of pairs.
// Pointers to values are good until the next insertion. Strings are found by views of them too.
template <class Key, class Value,
          class Hash = std::hash<
              std::conditional_t<std::is_same_v<Key, std::string>, std::string_view, Key>>>
class OrderedMap {
 public:
  using Entry = std::pair<Key, Value>;

  // Inserts unless the key is there; says whether it did.
  bool insert(Key key, Value value) {
    if (contains(key)) return false;
    entries_.emplace_back(std::move(key), std::move(value));
    if (entries_.size() > kFew) index_last();
    return true;
  }

  template <class K>
  Value* find(const K& key) {
    if (slots_.empty()) {
      for (Entry& entry : entries_) {
        if (entry.first == key) return &entry.second;
      }
      return nullptr;
    }
    for (size_t slot = Hash()(key) & mask(); slots_[slot] != 0; slot = (slot + 1) & mask()) {
      Entry& entry = entries_[slots_[slot] - 1];
      if (entry.first == key) return &entry.second;
    }
    return nullptr;
  }
  template <class K>
  const Value* find(const K& key) const {
    return const_cast<OrderedMap*>(this)->find(key);
  }
  template <class K>
  bool contains(const K& key) const {
    return find(key) != nullptr;
  }

  size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  // Makes room for `size` entries altogether.
  void reserve(size_t size) { entries_.reserve(size); }
  auto begin() { return entries_.begin(); }
  auto end() { return entries_.end(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  const Entry& operator[](size_t i) const { return entries_[i]; }

  // Puts the entries into the order of `rank(entry)`; equal ones stay as they are.
  template <class Rank>
  void stable_sort(Rank rank) {
    std::vector<std::pair<uint32_t, uint32_t>> order;
    order.reserve(entries_.size());
    for (uint32_t i = 0; i < entries_.size(); ++i) order.emplace_back(rank(entries_[i]), i);
    if (std::is_sorted(order.begin(), order.end())) return;
    std::sort(order.begin(), order.end());
    std::vector<Entry> sorted;
    sorted.reserve(entries_.size());
    for (auto [unused, i] : order) sorted.push_back(std::move(entries_[i]));
    entries_ = std::move(sorted);
    if (!slots_.empty()) index_all(slots_.size());
  }

 private:
  // Fewer keys are compared faster than hashed.
  static constexpr size_t kFew = 8;

  size_t mask() const { return slots_.size() - 1; }

  void index_last() {
    // At most half of the slots are taken.
    if (entries_.size() * 2 > slots_.size()) {
      index_all(std::max(slots_.size() * 2, 4 * kFew));
    } else {
      index(static_cast<uint32_t>(entries_.size()));
    }
  }

  void index_all(size_t slots) {
    slots_.assign(slots, 0);
    for (uint32_t i = 1; i <= entries_.size(); ++i) index(i);
  }

  void index(uint32_t number) {
    size_t slot = Hash()(entries_[number - 1].first) & mask();
    while (slots_[slot] != 0) slot = (slot + 1) & mask();
    slots_[slot] = number;
  }

  std::vector<Entry> entries_;
  // An open-addressing table of the entries' numbers from 1, 0 where a slot is free; its size is
  // a power of two. Empty while there are few entries.
  std::vector<uint32_t> slots_;
};

}  // namespace weir::wit
