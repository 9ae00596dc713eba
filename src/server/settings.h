#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "http/h1/server_settings.h"
#include "io/listener.h"
#include "io/socket_stream.h"
#include "server/access_log.h"

namespace weir::server {

// A listening socket, and what its connections speak below HTTP.
struct Listener {
  // Puts another stream around an accepted one, such as TLS. Runs on the loop that serves the
  // connection first, on any thread; a handshake goes on inside the stream's reads and writes, and
  // its failure is the stream's. Empty: none.
  using Wrap =
      std::function<std::unique_ptr<io::Stream>(io::Loop&, std::unique_ptr<io::SocketStream>)>;

  io::ListeningSocket socket;
  Wrap wrap;
  // Whether requests come by `https`.
  bool secure = false;
};

// Limits count over all loops.
struct Settings {
  http::h1::ServerSettings connection;
  // Loops, each with a thread.
  unsigned threads = 1;
  // Accepting pauses at the limit.
  size_t max_connections = 10'000;
  // Requests that handlers work on at a time, and how many more may wait (503).
  size_t max_requests = 1000;
  size_t max_waiting = 1000;
  // Bytes in buffers of connections: at the limit, reading pauses.
  uint64_t max_buffered = 256 << 20;
  // Where others count theirs, too, and their limit holds; outlives the server. Null:
  // `max_buffered`.
  ByteBudget* budget = nullptr;
  uint64_t drain_timeout_ns = 30'000'000'000;
  AccessFormat access_format = AccessFormat::off;
  // Outlives the server. Null only where the format is `off`.
  AccessSink* access_sink = nullptr;
};

}  // namespace weir::server
