#pragma once

#include <string>
#include <string_view>

#include "cli/output_writer.h"

namespace weir::cli {

// Turns a guest's output into lines of the server's: `stdout [ID] :: text`. Control bytes are
// escaped, a line of more than 8 KiB is broken in two. With an empty prefix lines come without it.
class LinePrefixer {
 public:
  LinePrefixer(OutputWriter& writer, std::string prefix)
      : writer_(writer), prefix_(std::move(prefix)) {}
  // Writes the unfinished last line, if there is one.
  ~LinePrefixer();

  LinePrefixer(const LinePrefixer&) = delete;
  LinePrefixer& operator=(const LinePrefixer&) = delete;

  void write(std::string_view text);

 private:
  void end_line();

  OutputWriter& writer_;
  const std::string prefix_;
  std::string partial_;
};

}  // namespace weir::cli
