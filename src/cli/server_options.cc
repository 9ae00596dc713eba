#include "cli/server_options.h"

#include <sched.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/option_kinds.h"

namespace weir::cli {
namespace {

// How many processors this process may use.
unsigned usable_processors() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

}  // namespace

void describe_server(CLI::App& command, ServerOptions& o) {
  command
      .add_option("--addr", o.addresses,
                  "Where to listen: IP:PORT, [IPv6]:PORT, unix:PATH or fd:N; may be repeated")
      ->take_all()
      ->type_name("ADDR")
      ->default_str("127.0.0.1:8080");
  command.add_option("--threads", o.threads, "Threads, each with a loop of its own")
      ->type_name("N")
      ->default_str("the processors it may use")
      ->check(CLI::Range(1u, 1024u));
  describe_tls_server(command, o.tls);
  add_duration(command, "--timeout", o.timeout_ns, "30s",
               "From a request's head to its answer's head (504); 0 for no limit");
  add_duration(command, "--head-timeout", o.head_timeout_ns, "10s",
               "To receive a request's head from its first byte (408)");
  add_duration(command, "--idle-timeout", o.idle_timeout_ns, "60s",
               "How long a connection may wait for its next request");
  add_duration(command, "--read-timeout", o.read_timeout_ns, "30s",
               "How long a request's body may pause");
  add_duration(command, "--write-timeout", o.write_timeout_ns, "30s",
               "How long a client may stop reading an answer");
  add_duration(command, "--drain-timeout", o.drain_timeout_ns, "30s",
               "How long requests in flight may take after SIGTERM or SIGINT");
  add_size(command, "--max-head", o.max_head, "32KiB", "Size of a request's head (431)");
  command.add_option("--max-head-fields", o.max_head_fields, "Fields in a request's head (431)")
      ->type_name("N")
      ->capture_default_str();
  add_size(command, "--max-request-line", o.max_request_line, "8KiB",
           "Length of a request line (414)");
  command.add_option("--max-connections", o.max_connections, "Open connections")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(1u, 10'000'000u));
  command.add_flag("--half-close", o.half_close,
                   "Go on when a client has finished its side of the connection");
}

server::Settings server_settings(const ServerOptions& options) {
  server::Settings settings;
  settings.threads = options.threads ? options.threads : usable_processors();
  settings.max_connections = options.max_connections;
  settings.drain_timeout_ns = options.drain_timeout_ns;
  auto& connection = settings.connection;
  connection.head.request_line = options.max_request_line;
  connection.head.section = options.max_head;
  connection.head.fields = options.max_head_fields;
  connection.head_timeout_ns = options.head_timeout_ns;
  connection.idle_timeout_ns = options.idle_timeout_ns;
  connection.read_timeout_ns = options.read_timeout_ns;
  connection.write_timeout_ns = options.write_timeout_ns;
  connection.response_timeout_ns = options.timeout_ns;
  connection.half_close = options.half_close;
  return settings;
}

void raise_descriptor_limit() {
  rlimit limit;
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace weir::cli
