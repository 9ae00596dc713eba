#pragma once

#include "util/result.h"
#include "wit/resolve.h"

namespace weir::wit {

// Adds all that `from` has to `into`. Both may have parts of the same package, and of the same
// interface: what both have must be the same, else the error is one sentence that names it. Docs
// and gates are taken from whoever has `main`, a package of `from`, whole.
//
// What comes out is for printing: its interfaces may be out of order, and list no dependencies.
Result<void> merge(Resolve& into, const Resolve& from, PackageId main);

}  // namespace weir::wit
