#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir::wit {

// A map that keeps the order in which its keys were inserted. Walked like a vector of pairs.
// Pointers to values are good until the next insertion.
template <class Key, class Value, class Hash = std::hash<Key>>
class OrderedMap {
 public:
  using Entry = std::pair<Key, Value>;

  // Inserts unless the key is there; says whether it did.
  bool insert(Key key, Value value) {
    auto [at, inserted] = index_.try_emplace(key, static_cast<uint32_t>(entries_.size()));
    if (inserted) entries_.emplace_back(std::move(key), std::move(value));
    return inserted;
  }

  template <class K>
  Value* find(const K& key) {
    auto found = index_.find(Key(key));
    return found == index_.end() ? nullptr : &entries_[found->second].second;
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
    std::sort(order.begin(), order.end());
    std::vector<Entry> sorted;
    sorted.reserve(entries_.size());
    for (auto [unused, i] : order) {
      index_[entries_[i].first] = static_cast<uint32_t>(sorted.size());
      sorted.push_back(std::move(entries_[i]));
    }
    entries_ = std::move(sorted);
  }

 private:
  std::vector<Entry> entries_;
  std::unordered_map<Key, uint32_t, Hash> index_;
};

}  // namespace weir::wit
