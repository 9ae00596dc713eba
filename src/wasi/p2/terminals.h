#pragma once

#include "component/host/resource.h"

// Resources of wasi:cli that no guest ever gets: nothing here is a terminal.
namespace weir::wasi::p2::cli_terminal_input {
class TerminalInput final : public component::HostResource {};
}  // namespace weir::wasi::p2::cli_terminal_input

namespace weir::wasi::p2::cli_terminal_output {
class TerminalOutput final : public component::HostResource {};
}  // namespace weir::wasi::p2::cli_terminal_output
