#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/tls_options.h"
#include "server/server.h"
#include "util/result.h"

namespace CLI {
class App;
}

namespace weir::cli {

// Flags of every command that serves HTTP.
struct ServerOptions {
  std::vector<std::string> addresses;
  // 0: as many as the processors that the process may use.
  unsigned threads = 0;
  TlsServerOptions tls;
  uint64_t timeout_ns = 30'000'000'000;
  uint64_t head_timeout_ns = 10'000'000'000;
  uint64_t idle_timeout_ns = 60'000'000'000;
  uint64_t read_timeout_ns = 30'000'000'000;
  uint64_t write_timeout_ns = 30'000'000'000;
  uint64_t drain_timeout_ns = 30'000'000'000;
  uint64_t max_head = 32 << 10;
  unsigned max_head_fields = 128;
  uint64_t max_request_line = 8 << 10;
  uint64_t max_body = 0;         // 0: no limit
  uint64_t max_duration_ns = 0;  // 0: no limit
  uint64_t min_read_rate = 100;  // bytes a second
  unsigned max_requests = 1000;
  unsigned max_queued = 1000;
  uint64_t queue_timeout_ns = 1'000'000'000;
  // 0: as many as there are descriptors for.
  unsigned max_connections = 0;
  uint64_t max_buffered = 256 << 20;
  bool half_close = false;
  // "off", "text", "json", with ":FILE"; empty: text where standard output is a terminal.
  std::string access_log;
};

void describe_server(CLI::App& command, ServerOptions& options);

// The addresses to listen at: those that were named, else the sockets that the process was started
// with (LISTEN_FDS, as systemd passes them), else 127.0.0.1:8080.
std::vector<std::string> addresses_of(const ServerOptions& options);

// Whether what they say can be meant at all; the error names the flag.
Result<void> check_server(const ServerOptions& options);

// What they ask for; threads are counted, and connections by the limit on descriptors.
server::Settings server_settings(const ServerOptions& options);

// As many descriptors as the system lets this process have.
void raise_descriptor_limit();

}  // namespace weir::cli
