#pragma once

#include "component/host/call.h"
#include "wasi/p2/io_poll.h"

namespace weir::wasi::p2 {

class PollSource;

// wasi:io/poll.
class PollHost final : public io_poll::Host {
 public:
  component::OrTrap<bool> pollable_ready(component::Call& call, io_poll::Pollable& self) override;
  component::OrTrap<void> pollable_block(component::Call& call, io_poll::Pollable& self) override;
  component::OrTrap<std::vector<uint32_t>> poll(component::Call& call,
                                                std::vector<io_poll::Pollable*> in) override;
};

// Waits on the caller's fiber until `source` is ready. False: the guest is being ended.
[[nodiscard]] bool wait_until_ready(component::Call& call, PollSource& source);

}  // namespace weir::wasi::p2
