#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/tls_options.h"
#include "server/server.h"

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
  unsigned max_connections = 10'000;
  bool half_close = false;
};

void describe_server(CLI::App& command, ServerOptions& options);

// What they ask for; threads are counted.
server::Settings server_settings(const ServerOptions& options);

// As many descriptors as the system lets this process have.
void raise_descriptor_limit();

}  // namespace weir::cli
