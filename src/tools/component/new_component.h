#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "util/result.h"

namespace weir::tools {

struct NewComponentOptions {
  // For messages.
  std::string name;
  // The core module.
  std::span<const uint8_t> module;
  // Core modules that implement what the module imports from such a name, over the imports of
  // their own worlds.
  std::vector<std::pair<std::string, std::span<const uint8_t>>> adapters;
  // For the section `producers`.
  std::string_view version;
};

// Makes a component of a core module. The module, or an object file linked into it, says in its
// section `component-type` which world it is for. A module that uses WASI preview 1
// (`wasi_snapshot_preview1`) gets the adapter that Weir brings along, unless one is given: the one
// for commands if it exports `_start`, else the one for reactors. Imports of the world that
// nobody uses are left out. The result is valid.
Result<std::vector<uint8_t>> new_component(const NewComponentOptions& options);

}  // namespace weir::tools
