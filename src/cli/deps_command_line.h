#pragma once

#include <vector>

#include "cli/deps_options.h"

namespace CLI {
class App;
}

namespace weir::cli {

// Adds `deps` with its verbs to `app`; they write to `options`. The verbs are appended to
// `commands`.
void describe_deps(CLI::App& app, DepsOptions& options, std::vector<CLI::App*>& commands);

}  // namespace weir::cli
