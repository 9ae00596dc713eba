#pragma once

#include <cstdint>
#include <vector>

#include "wasm/core_types.h"

// The small core modules that stand between a guest and its imports. A lowered function needs the
// guest's memory, which exists once the guest is instantiated, for which its imports are needed: so
// the guest imports functions that call through a table, and the table is filled later.
namespace weir::tools {

// Exports the functions `0`, `1`, … of these types, which call the table's elements of the same
// number, and the table as `$imports`.
std::vector<uint8_t> shim_module(const std::vector<wasm::CoreFunc>& functions);

// Imports `""."$imports"` and the functions `""."0"` …, and fills the table with them.
std::vector<uint8_t> fixup_module(const std::vector<wasm::CoreFunc>& functions);

// Imports the function `"".""` and calls it when it is instantiated.
std::vector<uint8_t> start_module();

}  // namespace weir::tools
