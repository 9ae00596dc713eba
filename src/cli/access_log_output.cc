#include "cli/access_log_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace weir::cli {

Result<std::unique_ptr<AccessLogOutput>> AccessLogOutput::open(const std::string& what,
                                                               OutputWriter& standard_output) {
  std::unique_ptr<AccessLogOutput> output(new AccessLogOutput);
  output->writer_ = &standard_output;
  size_t colon = what.find(':');
  std::string kind = what.substr(0, colon);
  if (what.empty()) kind = ::isatty(STDOUT_FILENO) ? "text" : "off";
  if (kind == "text") output->format_ = server::AccessFormat::text;
  if (kind == "json") output->format_ = server::AccessFormat::json;
  if (colon == std::string::npos) return output;
  std::string path = what.substr(colon + 1);
  output->file_ = io::Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640));
  if (!output->file_)
    return Err(Error{"--access-log: cannot open " + path + ": " + std::strerror(errno)});
  output->own_ = std::make_unique<OutputWriter>(output->file_.get());
  output->writer_ = output->own_.get();
  return output;
}

}  // namespace weir::cli
