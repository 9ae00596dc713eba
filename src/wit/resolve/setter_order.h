#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "wit/resolve.h"

namespace weir::wit {

// Moves each setter that stands before its getter right behind it. `function_of` gives the function
// of a value of the map, or null.
template <class Map, class FunctionOf>
void put_setters_behind_getters(Map& items, FunctionOf function_of) {
  std::unordered_map<std::string, uint32_t> getters;
  bool setters = false;
  for (uint32_t i = 0; i < items.size(); ++i) {
    const Function* function = function_of(items[i].second);
    if (!function) continue;
    if (function->accessor == Accessor::getter) getters.emplace(function->name, i);
    setters = setters || function->accessor == Accessor::setter;
  }
  if (!setters) return;
  uint32_t index = 0;
  items.stable_sort([&](const typename Map::Entry& entry) {
    uint32_t mine = index++;
    const Function* function = function_of(entry.second);
    if (!function || function->accessor != Accessor::setter) return 2 * mine;
    std::string getter = function->name;
    getter.replace(getter.find("[set]"), 5, "[get]");
    auto found = getters.find(getter);
    bool behind = found == getters.end() || found->second < mine;
    return behind ? 2 * mine : 2 * found->second + 1;
  });
}

}  // namespace weir::wit
