#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "wasm/module.h"

namespace weir::wasm {

// A module whose start function is exported instead of called on instantiation.
struct ExportedStart {
  std::vector<uint8_t> bytes;
  // It is the last export.
  std::string name;
};

// Under which name: `weir:start`, or a longer one where the module has an export of that name.
std::string start_name(const Module& module);

// Drops the start section of `module`, which must have one, and exports the function instead.
// `module` describes `bytes`; it is not changed.
ExportedStart export_start(const Module& module, std::span<const uint8_t> bytes);

}  // namespace weir::wasm
