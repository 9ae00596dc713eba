#pragma once

#include <memory>
#include <string_view>

#include "wasi/output_sink.h"

namespace weir::host {

// Where guests' standard output and error go. One a process; thread-safe.
class GuestOutput {
 public:
  enum class Stream : uint8_t { standard_output, standard_error };

  virtual ~GuestOutput() = default;
  // A sink for one request's stream; used and destroyed on the request's thread.
  virtual std::unique_ptr<wasi::OutputSink> open(Stream stream, std::string_view request_id) = 0;
};

}  // namespace weir::host
