#include "cli/startup_log.h"

namespace weir::cli {

void StartupLog::write(Level level, std::string_view message) {
  if (at_terminal_) return target_.write(level, message);
  if (level == Level::warning || level == Level::error) waiting_.emplace_back(level, message);
}

void StartupLog::release() {
  for (const auto& [level, message] : std::exchange(waiting_, {})) target_.write(level, message);
}

}  // namespace weir::cli
