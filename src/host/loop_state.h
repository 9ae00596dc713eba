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

  // What wakes those who wait for their turn on this loop.
  const std::shared_ptr<Admission::Bell>& bell() const { return bell_; }

  // A run takes over the slot that its maker has taken of the application's `Admission`; `remove`
  // gives it back.
  void add(GuestRun& run);
  void remove(GuestRun& run);

 private:
  Admission& admission_;
  io::Loop& loop_;
  wasi::LoopClocks clocks_;
  wasi::SystemRandom random_;
  std::unique_ptr<http::Handler> outgoing_;
  GuestRun* first_ = nullptr;
  std::shared_ptr<Admission::Bell> bell_;
};

}  // namespace weir::host
