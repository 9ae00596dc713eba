#pragma once

#include <cstdint>
#include <string_view>

namespace weir {

// Where Weir says what it does. Given by whoever embeds it; called from any
// loop's thread, so it is thread-safe and never blocks.
class Log {
 public:
  enum class Level : uint8_t { debug, info, warning, error };

  virtual ~Log() = default;
  // One message, one line, without a line break. Text that came from guests or
  // peers is escaped by whoever calls.
  virtual void write(Level level, std::string_view message) = 0;

  void debug(std::string_view message) { write(Level::debug, message); }
  void info(std::string_view message) { write(Level::info, message); }
  void warning(std::string_view message) { write(Level::warning, message); }
  void error(std::string_view message) { write(Level::error, message); }
};

}  // namespace weir
