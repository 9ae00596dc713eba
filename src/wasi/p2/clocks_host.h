#pragma once

#include "wasi/context.h"
#include "wasi/p2/clocks_monotonic_clock.h"
#include "wasi/p2/clocks_timezone.h"
#include "wasi/p2/clocks_wall_clock.h"

namespace weir::wasi::p2 {

// wasi:clocks/monotonic-clock.
class MonotonicClockHost final : public clocks_monotonic_clock::Host {
 public:
  explicit MonotonicClockHost(const Context& context) : context_(context) {}

  component::OrTrap<uint64_t> now(component::Call&) override;
  component::OrTrap<uint64_t> resolution(component::Call&) override;
  component::OrTrap<std::unique_ptr<io_poll::Pollable>> subscribe_instant(component::Call&,
                                                                          uint64_t when) override;
  component::OrTrap<std::unique_ptr<io_poll::Pollable>> subscribe_duration(component::Call&,
                                                                           uint64_t when) override;

 private:
  const Context& context_;
};

// wasi:clocks/wall-clock.
class WallClockHost final : public clocks_wall_clock::Host {
 public:
  explicit WallClockHost(const Context& context) : context_(context) {}

  component::OrTrap<clocks_wall_clock::Datetime> now(component::Call&) override;
  component::OrTrap<clocks_wall_clock::Datetime> resolution(component::Call&) override;

 private:
  const Context& context_;
};

// wasi:clocks/timezone: guests live in UTC, wherever the server stands.
class TimezoneHost final : public clocks_timezone::Host {
 public:
  component::OrTrap<clocks_timezone::TimezoneDisplay> display(
      component::Call&, clocks_wall_clock::Datetime when) override;
  component::OrTrap<int32_t> utc_offset(component::Call&,
                                        clocks_wall_clock::Datetime when) override;
};

}  // namespace weir::wasi::p2
