#include "wasi/p2/clocks_host.h"

#include "wasi/p2/pollable.h"

namespace weir::wasi::p2 {
namespace {

// Ready once the clock has reached a deadline, never before.
class Alarm final : public PollSource {
 public:
  Alarm(Clocks& clocks, uint64_t deadline) : clocks_(clocks), deadline_(deadline) {}

  bool ready() override { return reached_ || (reached_ = clocks_.monotonic_now() >= deadline_); }
  void watch(Waiter& waiter) override { timer_ = clocks_.start_timer(deadline_, waiter); }

 private:
  Clocks& clocks_;
  uint64_t deadline_;
  bool reached_ = false;
  std::unique_ptr<Timer> timer_;
};

std::unique_ptr<io_poll::Pollable> alarm_at(const Context& context, uint64_t deadline) {
  return std::make_unique<io_poll::Pollable>(std::make_unique<Alarm>(context.clocks, deadline));
}

}  // namespace

component::OrTrap<uint64_t> MonotonicClockHost::now(component::Call&) {
  return context_.clocks.monotonic_now();
}

component::OrTrap<uint64_t> MonotonicClockHost::resolution(component::Call&) {
  return context_.clocks.monotonic_resolution();
}

component::OrTrap<std::unique_ptr<io_poll::Pollable>> MonotonicClockHost::subscribe_instant(
    component::Call&, uint64_t when) {
  return alarm_at(context_, when);
}

component::OrTrap<std::unique_ptr<io_poll::Pollable>> MonotonicClockHost::subscribe_duration(
    component::Call&, uint64_t when) {
  return alarm_at(context_, saturating_add(context_.clocks.monotonic_now(), when));
}

component::OrTrap<clocks_wall_clock::Datetime> WallClockHost::now(component::Call&) {
  Clocks::WallTime now = context_.clocks.wall_now();
  return clocks_wall_clock::Datetime{now.seconds, now.nanoseconds};
}

component::OrTrap<clocks_wall_clock::Datetime> WallClockHost::resolution(component::Call&) {
  uint64_t resolution = context_.clocks.wall_resolution();
  return clocks_wall_clock::Datetime{resolution / 1'000'000'000,
                                     static_cast<uint32_t>(resolution % 1'000'000'000)};
}

component::OrTrap<clocks_timezone::TimezoneDisplay> TimezoneHost::display(
    component::Call&, clocks_wall_clock::Datetime) {
  return clocks_timezone::TimezoneDisplay{0, "UTC", false};
}

component::OrTrap<int32_t> TimezoneHost::utc_offset(component::Call&, clocks_wall_clock::Datetime) {
  return 0;
}

}  // namespace weir::wasi::p2
