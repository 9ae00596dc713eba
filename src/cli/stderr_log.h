#pragma once

#include "cli/output_writer.h"
#include "util/log.h"

namespace weir::cli {

// Writes messages to stderr, warnings and errors with their level in front. Never blocks.
class StderrLog final : public Log {
 public:
  explicit StderrLog(OutputWriter& writer) : writer_(writer) {}
  void write(Level level, std::string_view message) override;

 private:
  OutputWriter& writer_;
};

}  // namespace weir::cli
