#pragma once

#include <optional>

#include "wit/resolve.h"

namespace weir::wit {

// Where a world imports, or exports, an interface more than once (`import backup: store;`): the
// same with a copy of the interface, and types that are its own, for each plain name but where
// that is the only one. For each is an instance of its own, whose resources no other one knows.
// Nothing if all are there once.
std::optional<Resolve> with_own_interfaces(const Resolve& resolve, WorldId world);

}  // namespace weir::wit
