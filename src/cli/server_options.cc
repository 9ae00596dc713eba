#include "cli/server_options.h"

#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>

#include "cli/option_kinds.h"
#include "cli/processors.h"
#include "util/number.h"

namespace weir::cli {
namespace {

// Descriptors that are no client's: files, outgoing connections, the loops' own.
constexpr uint64_t kReserve = 1024;

// How many connections there are descriptors for.
size_t possible_connections() {
  rlimit limit;
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 10'000;
  uint64_t all = std::min<uint64_t>(limit.rlim_cur, 10'000'000);
  return std::max<uint64_t>(1, all - std::min(all / 4, kReserve));
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
  command
      .add_option(
          "--min-read-rate", o.min_read_rate,
          "Bytes a second of a request's body, after --read-timeout of waiting (408); 0 for "
          "no limit")
      ->type_name("N")
      ->check(CLI::Range(uint64_t{0}, uint64_t{1} << 40))
      ->capture_default_str();
  add_size(command, "--max-body", o.max_body, "no limit", "Size of a request's body (413)");
  add_duration(command, "--max-duration", o.max_duration_ns, "no limit",
               "From a request's head to the end of its answer (504, or cut)");
  command
      .add_option("--max-requests", o.max_requests,
                  "Requests that are worked on at a time; more wait (503)")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(1u, 100'000u));
  command.add_option("--max-queued", o.max_queued, "Requests that wait for others to end (503)")
      ->type_name("N")
      ->capture_default_str();
  add_duration(command, "--queue-timeout", o.queue_timeout_ns, "1s",
               "How long a request may wait for others to end (503)");
  command
      .add_option("--max-connections", o.max_connections,
                  "Open connections; at the limit accepting pauses")
      ->type_name("N")
      ->default_str("by the limit on descriptors")
      ->check(CLI::Range(1u, 10'000'000u));
  add_size(command, "--max-buffered", o.max_buffered, "256MiB",
           "Bytes in the buffers of all connections; at the limit reading pauses");
  command.add_flag("--half-close", o.half_close,
                   "Go on when a client has finished its side of the connection");
  command
      .add_option(
          "--access-log", o.access_log,
          "A line for each request, on standard output or to the end of FILE, which is opened "
          "again at SIGHUP")
      ->type_name("off|text|json[:FILE]")
      ->default_str("text on a terminal, else off")
      ->check([](const std::string& value) {
        std::string kind = value.substr(0, value.find(':'));
        bool known = value == "off" || kind == "text" || kind == "json";
        return known && !value.ends_with(':') ? std::string()
                                              : "write off, text, json, text:FILE or json:FILE";
      });
}

std::vector<std::string> addresses_of(const ServerOptions& options) {
  if (!options.addresses.empty()) return options.addresses;
  const char* process = std::getenv("LISTEN_PID");
  const char* count = std::getenv("LISTEN_FDS");
  std::vector<std::string> addresses;
  if (process && count && parse_decimal(process) == static_cast<uint64_t>(::getpid()))
    // The first one is 3 (sd_listen_fds(3)).
    for (uint64_t i = 0; i < parse_decimal(count, 1000).value_or(0); ++i)
      addresses.push_back("fd:" + std::to_string(3 + i));
  if (addresses.empty()) addresses.push_back("127.0.0.1:8080");
  return addresses;
}

Result<void> check_server(const ServerOptions& options) {
  for (const std::string& address : options.addresses)
    if (auto checked = io::ListeningSocket::check(address); !checked.ok())
      return Err(Error{"--addr: " + checked.error().message});
  const TlsServerOptions& tls = options.tls;
  if (tls.certificates.size() != tls.keys.size())
    return Err("--tls-cert: each one needs its --tls-key, and the other way round");
  if (!tls.client_ca.empty() && !tls.wanted())
    return Err("--tls-client-ca: there is no TLS without --tls-cert and --tls-key");
  if (tls.client_optional && tls.client_ca.empty())
    return Err("--tls-client-optional: it is for --tls-client-ca");
  return {};
}

server::Settings server_settings(const ServerOptions& options) {
  server::Settings settings;
  settings.threads = options.threads ? options.threads : usable_processors();
  settings.max_connections =
      options.max_connections ? options.max_connections : possible_connections();
  settings.max_requests = options.max_requests;
  settings.max_waiting = options.max_queued;
  settings.max_buffered = options.max_buffered;
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
  connection.min_read_rate = options.min_read_rate;
  connection.queue_timeout_ns = options.queue_timeout_ns;
  connection.max_duration_ns = options.max_duration_ns;
  if (options.max_body) connection.max_body = options.max_body;
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
