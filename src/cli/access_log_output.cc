#include "cli/access_log_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace weir::cli {
namespace {

io::Fd open_file(const std::string& path) {
  return io::Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640));
}

}  // namespace

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
  output->path_ = what.substr(colon + 1);
  output->file_ = open_file(output->path_);
  if (!output->file_)
    return Err(Error{"--access-log: cannot open " + output->path_ + ": " + std::strerror(errno)});
  output->own_ = std::make_unique<OutputWriter>(output->file_.get());
  output->writer_ = output->own_.get();
  return output;
}

void AccessLogOutput::reopen(Log& log) {
  if (path_.empty()) return;
  // The writer's descriptor keeps its number, so that no line of its thread gets lost in between.
  io::Fd fresh = open_file(path_);
  if (fresh && ::dup3(fresh.get(), file_.get(), O_CLOEXEC) >= 0) {
    log.info("the access log was opened again");
    return;
  }
  log.error("the access log stays where it was: cannot open " + path_ + ": " +
            std::strerror(errno));
}

}  // namespace weir::cli
