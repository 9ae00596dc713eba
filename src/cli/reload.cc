#include "cli/reload.h"

namespace weir::cli {

bool reloads(const ServerOptions& options) {
  return options.tls.wanted() || options.access_log.find(':') != std::string::npos;
}

std::function<void()> reload(const ServerOptions& options, Certificates* certificates,
                             AccessLogOutput& access_log, Log& log) {
  if (!reloads(options)) return {};
  return [certificates, &access_log, &log] {
    if (certificates) certificates->reload(log);
    access_log.reopen(log);
  };
}

}  // namespace weir::cli
