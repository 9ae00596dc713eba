#pragma once

#include <functional>
#include <thread>

namespace weir::cli {

// Waits for SIGTERM and SIGINT on a thread of its own: the first calls `drain`, a second ends the
// process at once with status 128 + n. Made before other threads are, so that these inherit the
// blocked mask. SIGPIPE is ignored.
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
