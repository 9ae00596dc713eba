#pragma once

#include <vector>

#include "wit/resolve.h"

namespace weir::wit::binary {

// Puts interfaces, whose dependencies are known, into topological order, and those of worlds behind
// what they need. What is in order already stays as it is. Binaries show parts of an interface at
// several places, of which a later one may need more than an earlier one. False if interfaces need
// each other.
bool order_interfaces(Resolve& resolve);

// Appends the interfaces whose types `id` comes to use, in the order that `order_interfaces` gives
// them, but for those that are `seen` already; marks what it appends.
void add_needed(const Resolve& resolve, InterfaceId id, std::vector<bool>& seen,
                std::vector<InterfaceId>& needed);

}  // namespace weir::wit::binary
