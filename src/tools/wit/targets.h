#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "util/result.h"
#include "wit/resolve.h"

namespace weir::tools {

// One thing that keeps a component from fitting a world.
struct Difference {
  // In one sentence: "it imports `a:b/c@1.0.0`, which the world does not have".
  std::string what;
  // More lines that show it, such as both signatures; often empty.
  std::vector<std::string> details;
};

// Compares a component with a world: everything that the component imports the world must offer,
// and everything that the world exports the component must have, with types that fit. Names of
// interfaces agree if their versions are compatible. None if it fits. The component must be
// valid.
Result<std::vector<Difference>> compare_with_world(std::span<const uint8_t> component,
                                                   const wit::Resolve& resolve, wit::WorldId world);

}  // namespace weir::tools
