#pragma once

#include <CLI/CLI.hpp>
#include <span>

#include "cli/tool.h"

// The verbs that work on WIT and WebAssembly files. Each function adds one to the command line;
// when it is asked for, `chosen` gets what runs it and gives the exit status.
namespace weir::cli {

// `weir wit`. `words` is the command line from there on.
void add_wit(CLI::App& app, std::span<const char* const> words, Tool& chosen);
// `weir bindgen`.
void add_bindgen(CLI::App& app, Tool& chosen);
// `weir component`.
void add_component(CLI::App& app, Tool& chosen);

}  // namespace weir::cli
