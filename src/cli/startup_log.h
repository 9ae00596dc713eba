#pragma once

#include <string>
#include <utility>
#include <vector>

#include "util/log.h"

namespace weir::cli {

// What is to be said while a server starts. Scripts read where it serves from the first line of
// stderr, so what they could take for it waits: warnings and errors until `release`, while
// information about progress is for a person at a terminal only. One thread.
class StartupLog final : public Log {
 public:
  // With `at_terminal` everything goes to `target` at once.
  StartupLog(Log& target, bool at_terminal) : target_(target), at_terminal_(at_terminal) {}

  void write(Level level, std::string_view message) override;
  // The first line is out: gives `target` what waited, in its order.
  void release();

 private:
  Log& target_;
  const bool at_terminal_;
  std::vector<std::pair<Level, std::string>> waiting_;
};

}  // namespace weir::cli
