#pragma once

#include <functional>
#include <thread>

namespace weir::cli {

// Keeps SIGTERM and SIGINT for `Signals`, and ignores SIGPIPE. Called before any thread starts, so
// that all inherit it.
void block_signals();

// Waits for SIGTERM and SIGINT on a thread of its own: the first calls `drain`, a second ends the
// process at once with status 128 + n. After `block_signals`.
class Signals {
 public:
  explicit Signals(std::function<void()> drain);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  std::function<void()> drain_;
  int wake_;
  std::thread thread_;
};

}  // namespace weir::cli
