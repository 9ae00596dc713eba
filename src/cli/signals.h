#pragma once

#include <functional>
#include <thread>

namespace weir::cli {

// Keeps SIGTERM and SIGINT for `Signals`, SIGHUP too with `reloads`, and ignores SIGPIPE. Called
// before any thread starts, so that all inherit it.
void block_signals(bool reloads = false);

// Waits for SIGTERM and SIGINT on a thread of its own: the first calls `drain`, a second ends the
// process at once with status 128 + n. With `reload`, SIGHUP calls that. After `block_signals`.
class Signals {
 public:
  explicit Signals(std::function<void()> drain, std::function<void()> reload = {});
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  std::function<void()> drain_, reload_;
  int wake_;
  std::thread thread_;
};

}  // namespace weir::cli
