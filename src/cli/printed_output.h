#pragma once

#include "cli/output_writer.h"
#include "host/guest_output.h"

namespace weir::cli {

// Prints what guests print on the server's own stdout and stderr, line by line, each with
// `stdout [ID] :: ` in front where `prefixed`.
class PrintedOutput final : public host::GuestOutput {
 public:
  PrintedOutput(OutputWriter& standard_output, OutputWriter& standard_error, bool prefixed)
      : standard_output_(standard_output), standard_error_(standard_error), prefixed_(prefixed) {}

  std::unique_ptr<wasi::OutputSink> open(Stream stream, std::string_view request_id) override;

 private:
  OutputWriter& standard_output_;
  OutputWriter& standard_error_;
  const bool prefixed_;
};

}  // namespace weir::cli
