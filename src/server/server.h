#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "http/h1/server_connection.h"
#include "io/listener.h"
#include "io/socket_stream.h"
#include "util/log.h"

namespace weir::server {

// A listening socket, and what its connections speak below HTTP.
struct Listener {
  // Puts another stream around an accepted one, such as TLS. Runs on the loop that will serve the
  // connection, on any thread; a handshake goes on inside the stream's reads and writes, and its
  // failure is the stream's. Empty: none.
  using Wrap =
      std::function<std::unique_ptr<io::Stream>(io::Loop&, std::unique_ptr<io::SocketStream>)>;

  io::ListeningSocket socket;
  Wrap wrap;
  // Whether requests come by `https`.
  bool secure = false;
};

struct Settings {
  http::h1::ServerSettings connection;
  // Loops, each with a thread.
  unsigned threads = 1;
  // Over all loops; accepting pauses at the limit.
  size_t max_connections = 10'000;
  uint64_t drain_timeout_ns = 30'000'000'000;
};

// Accepts connections and gives their requests to handlers. Each loop has a handler of its own.
class Server {
 public:
  using MakeHandler = std::function<std::unique_ptr<http::Handler>(io::Loop&)>;

  Server(Settings settings, std::vector<Listener> listeners, MakeHandler make, Log& log);
  ~Server();

  // Serves until `drain` has let the last request finish, or time is up.
  void run();
  // Stops accepting and ends when every request has been answered, or after the drain timeout. Any
  // thread.
  void drain();

 private:
  class Worker;
  const Settings settings_;
  std::vector<Listener> listeners_;
  MakeHandler make_;
  Log& log_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<size_t> connections_{0};
};

}  // namespace weir::server
