#include "wit/resolve/toposort.h"

#include <functional>
#include <queue>

namespace weir::wit {

Toposort toposort(const std::vector<std::vector<uint32_t>>& needs) {
  auto count = static_cast<uint32_t>(needs.size());
  std::vector<uint32_t> waiting_for(count);
  std::vector<std::vector<uint32_t>> needed_by(count);
  std::priority_queue<uint32_t, std::vector<uint32_t>, std::greater<>> ready;
  for (uint32_t i = 0; i < count; ++i) {
    waiting_for[i] = static_cast<uint32_t>(needs[i].size());
    for (uint32_t needed : needs[i]) needed_by[needed].push_back(i);
    if (needs[i].empty()) ready.push(i);
  }

  Toposort result;
  result.order.reserve(count);
  while (!ready.empty()) {
    uint32_t node = ready.top();
    ready.pop();
    result.order.push_back(node);
    for (uint32_t i : needed_by[node]) {
      if (--waiting_for[i] == 0) ready.push(i);
    }
  }
  if (result.order.size() == count) return result;

  for (uint32_t i = 0; i < count && !result.cycle; ++i) {
    if (waiting_for[i] == 0) continue;
    for (uint32_t k = 0; k < needs[i].size() && !result.cycle; ++k) {
      if (waiting_for[needs[i][k]] != 0) result.cycle = {i, k};
    }
  }
  return result;
}

}  // namespace weir::wit
