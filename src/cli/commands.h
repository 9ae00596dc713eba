#pragma once

#include "cli/command_line.h"
#include "util/result.h"

// The verbs. An error is for stderr and exit status 1.
namespace weir::cli {

// Serves until a signal ends it.
Result<void> serve(const ServeOptions& options);
// Passes requests on until a signal ends it.
Result<void> proxy(const ProxyOptions& options);
// Writes a `.weir` file.
Result<void> compile(const CompileOptions& options);
// Prints to stdout.
Result<void> inspect(const InspectOptions& options);
// Changes `wit/deps`, and prints what has changed.
Result<void> deps(const DepsOptions& options);

}  // namespace weir::cli
