#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/deps_options.h"
#include "cli/server_options.h"
#include "cli/tls_options.h"
#include "cli/tool.h"
#include "util/result.h"

namespace weir::cli {

// `weir serve`.
struct ServeOptions : ServerOptions {
  std::string app;
  std::vector<std::string> environment;  // K=V each
  std::vector<std::string> outbound;
  TlsClientOptions outgoing_tls;
  uint64_t cpu_time_ns = 10'000'000'000;
  uint64_t max_memory = 128ull << 20;
  unsigned max_table_elements = 1 << 17;
  unsigned keep_instances = 32;
  bool no_logging_prefix = false;
  bool trap_unknown_imports = false;
  std::string cache_dir;  // empty: the user's cache folder
  bool no_cache = false;
  std::string pagemap_scan = "auto";
  // Not set: what suits the component.
  uint64_t keep_resident = kAutomatic;
  static constexpr uint64_t kAutomatic = UINT64_MAX;
  bool no_epochs = false;
};

// `weir proxy`.
struct ProxyOptions : ServerOptions {
  // "http://HOST[:PORT]"; empty for a forward proxy.
  std::string upstream;
  bool forward = false;
  bool keep_host = false;
  std::vector<std::string> outbound;
  TlsClientOptions outgoing_tls;
};

// `weir compile`.
struct CompileOptions {
  std::string app;
  std::string output;
};

// `weir inspect`.
struct InspectOptions {
  std::string app;
  bool json = false;
};

// What the command line asks for.
struct CommandLine {
  std::optional<ServeOptions> serve;
  std::optional<ProxyOptions> proxy;
  std::optional<CompileOptions> compile;
  std::optional<InspectOptions> inspect;
  std::optional<DepsOptions> deps;
  // A verb of the WIT tools.
  Tool tool;
};

// What to print before the process ends: help, the version, or what is wrong with the usage.
struct Ending {
  std::string text;
  // 0 for what was asked for (on stdout), 2 for wrong usage (on stderr).
  int status = 0;
};

// Reads the command line, and the environment for flags that it leaves out.
Result<CommandLine, Ending> parse_command_line(int argc, const char* const* argv);

}  // namespace weir::cli
