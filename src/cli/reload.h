#pragma once

#include <functional>

#include "cli/access_log_output.h"
#include "cli/server_options.h"
#include "util/log.h"

namespace weir::cli {

// Whether SIGHUP means anything to a server with these options: certificates to read again, or a
// log file to open again.
bool reloads(const ServerOptions& options);

// What SIGHUP does; empty where it means nothing. All outlive it; `certificates` may be null.
std::function<void()> reload(const ServerOptions& options, Certificates* certificates,
                             AccessLogOutput& access_log, Log& log);

}  // namespace weir::cli
