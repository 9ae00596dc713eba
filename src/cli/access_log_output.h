#pragma once

#include <memory>
#include <string>

#include "cli/output_writer.h"
#include "io/fd.h"
#include "server/access_log.h"
#include "util/log.h"
#include "util/result.h"

namespace weir::cli {

// Where `--access-log` says that its lines go.
class AccessLogOutput final : public server::AccessSink {
 public:
  // `what` as the flag takes it; empty: text where standard output is a terminal, else off.
  // `standard_output` outlives it. The error names a file that cannot be opened.
  static Result<std::unique_ptr<AccessLogOutput>> open(const std::string& what,
                                                       OutputWriter& standard_output);

  server::AccessFormat format() const { return format_; }
  // Opens the file again, where there is one, for who has moved it away. Where that fails, lines go
  // on to the old one, and the log says why.
  void reopen(Log& log);
  void write_lines(std::string_view lines, size_t count) override {
    writer_->write_lines(lines, count);
  }

 private:
  AccessLogOutput() = default;
  server::AccessFormat format_ = server::AccessFormat::off;
  std::string path_;
  io::Fd file_;
  std::unique_ptr<OutputWriter> own_;
  OutputWriter* writer_ = nullptr;
};

}  // namespace weir::cli
