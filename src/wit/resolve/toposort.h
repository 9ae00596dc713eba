#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace weir::wit {

// Orders the nodes of a graph so that each comes after those that it needs, and otherwise in the
// order of their numbers. `needs[i]` lists what node i needs.
// `cycle` is set, and the order incomplete, if there is none: it is an edge on a cycle or to one.
struct Toposort {
  struct Edge {
    uint32_t from;
    // The place in `needs[from]`.
    uint32_t index;
  };

  std::vector<uint32_t> order;
  std::optional<Edge> cycle;
};

Toposort toposort(const std::vector<std::vector<uint32_t>>& needs);

}  // namespace weir::wit
