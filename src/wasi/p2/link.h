#pragma once

#include "component/host/linker.h"

namespace weir::wasi::p2 {

// Registers everything that `wasi:http/proxy` and `wasi:cli/imports` of any WASI 0.2.x import.
// `Call::state()` of a request linked with it is its `wasi::Guest`.
void link(component::Linker& linker);

}  // namespace weir::wasi::p2
