#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "http/handler.h"
#include "server/settings.h"
#include "util/log.h"

namespace weir::server {

class Worker;
struct Shared;

// Accepts connections and gives their requests to handlers. Each loop has a handler of its own.
class Server {
 public:
  using MakeHandler = std::function<std::unique_ptr<http::Handler>(io::Loop&)>;

  // `log` outlives it.
  Server(Settings settings, std::vector<Listener> listeners, MakeHandler make, Log& log);
  ~Server();

  // Serves until `drain` has let the last request finish, or time is up.
  void run();
  // Stops accepting and ends when every request has been answered, or after the drain timeout. Any
  // thread.
  void drain();

 private:
  std::unique_ptr<Shared> shared_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace weir::server
