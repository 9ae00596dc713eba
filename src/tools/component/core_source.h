#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tools/component/type_scope.h"
#include "util/result.h"
#include "wasm/module.h"

namespace weir::tools {

// A core module on its way into a component: what it imports and exports, and the worlds that its
// `component-type` sections describe.
struct CoreSource {
  // For messages, and what other modules import it as.
  std::string name;
  // Without the sections `component-type`.
  std::vector<uint8_t> bytes;
  wasm::Module module;
  std::vector<WorldTypes> worlds;
};

// Reads a core module; `types` must outlive what is made of it.
Result<CoreSource> read_core(std::string name, std::span<const uint8_t> bytes,
                             wasm::CoreTypes& types);

}  // namespace weir::tools
