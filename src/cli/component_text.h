#pragma once

#include <CLI/CLI.hpp>

#include "cli/tool.h"

// The verbs of `weir component` for WebAssembly text.
namespace weir::cli {

// `weir component print`.
void add_print(CLI::App& component, Tool& chosen);
// `weir component parse`.
void add_parse(CLI::App& component, Tool& chosen);

}  // namespace weir::cli
