#pragma once

#include "util/result.h"
#include "wasm/module.h"
#include "wasm/writer.h"

namespace weir::tools {

// Writes the type of a core module: what it imports and exports (Component Model, Binary.md,
// `core:moduletype`). The error says which type it cannot write.
Result<void> write_module_type(const wasm::CoreTypes& types, const wasm::Module& module,
                               wasm::Writer& out);

}  // namespace weir::tools
