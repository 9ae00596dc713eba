#pragma once

#include <cstdint>

namespace CLI {
class App;
}

namespace weir::cli {

// Options whose values are durations ("1.5s") and sizes ("64KiB"), with the default that the help
// shows.
void add_duration(CLI::App& command, const char* flag, uint64_t& target, const char* shown,
                  const char* help);
void add_size(CLI::App& command, const char* flag, uint64_t& target, const char* shown,
              const char* help);

}  // namespace weir::cli
