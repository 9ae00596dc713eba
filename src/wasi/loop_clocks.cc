#include "wasi/loop_clocks.h"

#include "io/timer.h"

namespace weir::wasi {
namespace {

class LoopTimer final : public Timer, private io::Timer {
 public:
  LoopTimer(io::Loop& loop, uint64_t deadline, Waiter& waiter) : waiter_(waiter) {
    arm(loop, deadline);
  }

 private:
  void expired() override { waiter_.wake(); }

  Waiter& waiter_;
};

}  // namespace

std::unique_ptr<Timer> LoopClocks::start_timer(uint64_t deadline, Waiter& waiter) {
  return std::make_unique<LoopTimer>(loop_, deadline, waiter);
}

}  // namespace weir::wasi
