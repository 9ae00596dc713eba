#include "cli/printed_output.h"

#include <string>

#include "cli/line_prefixer.h"
#include "util/bytes.h"

namespace weir::cli {
namespace {

class LineSink final : public wasi::OutputSink {
 public:
  LineSink(OutputWriter& writer, std::string prefix) : lines_(writer, std::move(prefix)) {}
  void write(std::span<const uint8_t> bytes) override { lines_.write(as_text(bytes)); }

 private:
  LinePrefixer lines_;
};

}  // namespace

std::unique_ptr<wasi::OutputSink> PrintedOutput::open(Stream stream, std::string_view request_id) {
  bool out = stream == Stream::standard_output;
  std::string prefix;
  if (prefixed_)
    prefix = std::string(out ? "stdout [" : "stderr [") + std::string(request_id) + "] :: ";
  return std::make_unique<LineSink>(out ? standard_output_ : standard_error_, std::move(prefix));
}

}  // namespace weir::cli
