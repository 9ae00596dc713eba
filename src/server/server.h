#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "http/h1/server_connection.h"
#include "io/listener.h"
#include "util/log.h"

namespace weir::server {

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

  Server(Settings settings, std::vector<io::ListeningSocket> sockets, MakeHandler make, Log& log);
  ~Server();

  // Serves until `drain` has let the last request finish, or time is up.
  void run();
  // Stops accepting and ends when every request has been answered, or after the drain timeout. Any
  // thread.
  void drain();

 private:
  class Worker;
  const Settings settings_;
  std::vector<io::ListeningSocket> sockets_;
  MakeHandler make_;
  Log& log_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<size_t> connections_{0};
};

}  // namespace weir::server
