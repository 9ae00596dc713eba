#pragma once

#include <memory>
#include <vector>

#include "component/instance.h"
#include "host/app.h"
#include "io/timer.h"
#include "wasi/guest.h"
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

  // An instance that no code has run in, for a request whose host functions get `state`.
  std::unique_ptr<component::Instance> take_instance(wasi::Guest* state);
  // Takes back one whose job is over. Destroys it, or resets it and keeps it for the next request.
  void give_instance(std::unique_ptr<component::Instance> instance);

 private:
  void on_rest();

  const App& app_;
  io::Loop& loop_;
  wasi::LoopClocks clocks_;
  wasi::SystemRandom random_;
  std::unique_ptr<http::Handler> outgoing_;
  GuestRun* first_ = nullptr;
  // The one used last is used first: its pages are in the processor's caches.
  std::vector<std::unique_ptr<component::Instance>> idle_;
  // How many it may hold now, and how many it may come to hold.
  size_t idle_places_ = 0;
  size_t most_idle_;
  io::MemberTimer<&LoopState::on_rest, LoopState> rest_alarm_;
  // A guest has ended since that was armed.
  bool busy_ = false;
};

}  // namespace weir::host
