#pragma once

#include "component/definitions.h"
#include "component/host/linker.h"
#include "component/plan.h"
#include "util/result.h"

namespace weir::component {

struct LinkOptions {
  // Functions that the host lacks, or has with another type, trap when they are called.
  bool unknown_imports_trap = false;
  // Instantiate every core module as it is written.
  bool force_general = false;
};

// Joins a component to its host. The error names every missing or mismatched import.
// What `host` offers must outlive the plan.
Result<Plan> link(const Decoded& component, const Linker& host, const LinkOptions& options = {});

}  // namespace weir::component
