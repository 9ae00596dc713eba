#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "util/result.h"
#include "wit/binary/encode.h"
#include "wit/resolve.h"

namespace weir::tools {

// A core module with a section `component-type` that says that it is for this world. Sections of
// that kind which it has already stay.
Result<std::vector<uint8_t>> embed_world(std::span<const uint8_t> module,
                                         const wit::Resolve& resolve, wit::WorldId world,
                                         wit::StringEncoding encoding);

// A core module inside of a component.
struct BundledModule {
  // Where it lies in the component.
  uint64_t offset;
  std::span<const uint8_t> bytes;
};

// The core modules of a component, in order, those of nested components included.
Result<std::vector<BundledModule>> unbundle(std::span<const uint8_t> component);

}  // namespace weir::tools
