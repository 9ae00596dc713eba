#include "cli/stderr_log.h"

#include <string>

namespace weir::cli {

void StderrLog::write(Level level, std::string_view message) {
  switch (level) {
    case Level::debug:
      return;
    case Level::info:
      return writer_.write_line(message);
    case Level::warning:
      return writer_.write_line("warning: " + std::string(message));
    case Level::error:
      return writer_.write_line("error: " + std::string(message));
  }
}

}  // namespace weir::cli
