#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "util/result.h"

namespace weir::tools {

// A core module inside of a component.
struct BundledModule {
  // Where it lies in the component.
  uint64_t offset;
  std::span<const uint8_t> bytes;
  // `unbundled-module0` and so on, after those that the component imports already.
  std::string name;
};

// The core modules of more than `threshold` bytes in a component, in order, those of nested
// components included.
Result<std::vector<BundledModule>> unbundle(std::span<const uint8_t> component,
                                            uint64_t threshold = 0);

// A component without its large modules.
struct Unbundled {
  // It imports each module that was taken out by its name.
  std::vector<uint8_t> component;
  std::vector<BundledModule> modules;
};

// Takes the modules of more than `threshold` bytes out. A component that defines core types of its
// own is refused, and so is a module whose imports or exports mention types other than functions'.
Result<Unbundled> take_modules_out(std::span<const uint8_t> component, uint64_t threshold);

}  // namespace weir::tools
