#pragma once

#include <CLI/CLI.hpp>

#include "cli/tool.h"

// The verbs that work on WIT and WebAssembly files. Each function adds one to the command line;
// when it is asked for, `chosen` gets what runs it and gives the exit status.
namespace weir::cli {

// `weir wit`.
void add_wit(CLI::App& app, Tool& chosen);
// `weir bindgen`.
void add_bindgen(CLI::App& app, Tool& chosen);
// `weir component`.
void add_component(CLI::App& app, Tool& chosen);

}  // namespace weir::cli
