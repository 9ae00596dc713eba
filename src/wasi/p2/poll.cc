#include "wasi/p2/poll.h"

#include "wasi/p2/pollable.h"

namespace weir::wasi::p2 {
namespace {

using component::Trap;

// Takes the waiter out of every source it waits for, however the wait ends.
class Watches {
 public:
  explicit Watches(const std::vector<io_poll::Pollable*>& pollables) : pollables_(pollables) {}
  ~Watches() {
    for (io_poll::Pollable* pollable : pollables_) {
      if (PollSource* source = pollable->source()) source->stop_watching();
    }
  }

 private:
  const std::vector<io_poll::Pollable*>& pollables_;
};

void collect(const std::vector<io_poll::Pollable*>& pollables, std::vector<uint32_t>& ready) {
  for (size_t i = 0; i < pollables.size(); ++i) {
    if (pollables[i]->ready()) ready.push_back(static_cast<uint32_t>(i));
  }
}

}  // namespace

bool wait_until_ready(component::Call& call, PollSource& source) {
  while (!source.ready()) {
    source.watch(call.waiter());
    if (!call.suspend()) return false;
  }
  return true;
}

component::OrTrap<bool> PollHost::pollable_ready(component::Call&, io_poll::Pollable& self) {
  return self.ready();
}

component::OrTrap<void> PollHost::pollable_block(component::Call& call, io_poll::Pollable& self) {
  PollSource* source = self.source();
  if (source && !wait_until_ready(call, *source)) return Trap::cancelled();
  return {};
}

component::OrTrap<std::vector<uint32_t>> PollHost::poll(component::Call& call,
                                                        std::vector<io_poll::Pollable*> in) {
  if (in.empty()) return Trap(Trap::Kind::host, "wasi:io/poll.poll was called with an empty list");
  if (in.size() > UINT32_MAX) {
    return Trap(Trap::Kind::host, "wasi:io/poll.poll was called with more than 2^32 pollables");
  }
  std::vector<uint32_t> ready;
  collect(in, ready);
  if (!ready.empty()) return ready;
  if (in.size() == 1) {
    if (!wait_until_ready(call, *in[0]->source())) return Trap::cancelled();
    ready.push_back(0);
    return ready;
  }
  Watches watches(in);
  while (ready.empty()) {
    for (io_poll::Pollable* pollable : in) pollable->source()->watch_for(call.waiter());
    if (!call.suspend()) return Trap::cancelled();
    collect(in, ready);
  }
  return ready;
}

}  // namespace weir::wasi::p2
