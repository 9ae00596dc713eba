#pragma once

#include <memory>

#include "host/app.h"
#include "wasi/loop_clocks.h"
#include "wasi/random_source.h"

namespace weir::host {

class GuestRun;

// What the runs of one application on one loop share.
class LoopState {
 public:
  LoopState(const App& app, io::Loop& loop);
  // Ends every run.
  ~LoopState();
  LoopState(const LoopState&) = delete;
  LoopState& operator=(const LoopState&) = delete;

  io::Loop& loop() { return loop_; }
  wasi::LoopClocks& clocks() { return clocks_; }
  wasi::SystemRandom& random() { return random_; }
  http::Handler* outgoing() { return outgoing_.get(); }

  // The list of runs that have not ended.
  void add(GuestRun& run);
  void remove(GuestRun& run);

 private:
  io::Loop& loop_;
  wasi::LoopClocks clocks_;
  wasi::SystemRandom random_;
  std::unique_ptr<http::Handler> outgoing_;
  GuestRun* first_ = nullptr;
};

}  // namespace weir::host
