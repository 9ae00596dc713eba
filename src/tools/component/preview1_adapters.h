#pragma once

#include <cstdint>
#include <span>

// The adapters from WASI preview 1 to 0.2 of the crate wasi-preview1-component-adapter-provider.
namespace weir::tools {

inline constexpr char kPreview1[] = "wasi_snapshot_preview1";

// For a module whose `_start` is the program.
std::span<const uint8_t> preview1_command_adapter();
// For a module that is called again and again.
std::span<const uint8_t> preview1_reactor_adapter();

}  // namespace weir::tools
