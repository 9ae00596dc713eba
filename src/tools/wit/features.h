#pragma once

#include "component/features.h"

namespace weir::tools {

// Everything that WIT can ask for, and that `wasm-tools` lets in: what the tools read and make is
// more than what runs.
inline component::Features features_of_tools() {
  component::Features features;
  features.more_async_builtins = true;
  features.stackful = true;
  features.fixed_lists = true;
  features.error_context = true;
  features.accessors = true;
  return features;
}

}  // namespace weir::tools
