#include "io/timer_wheel.h"

#include <algorithm>
#include <bit>

namespace weir::io {

void TimerWheel::add(Timer& timer, uint64_t deadline) {
  timer.unlink();
  timer.deadline_ = deadline;
  uint64_t tick = deadline >> tick_bits;
  if (tick << tick_bits != deadline) ++tick;
  place(timer, std::clamp(tick, tick_ + 1, last_tick));
}

void TimerWheel::place(Timer& timer, uint64_t tick) {
  unsigned significant = 63 - std::countl_zero((tick ^ tick_) | 1);
  unsigned level = std::min(significant / level_bits, levels - 1);
  unsigned slot = (tick >> (level * level_bits)) & (slots - 1);
  wheel_[level][slot].push(timer);
  occupied_[level] |= uint64_t{1} << slot;
}

std::optional<TimerWheel::Expiry> TimerWheel::first() {
  for (unsigned level = 0; level < levels; ++level) {
    while (occupied_[level] != 0) {
      unsigned shift = level * level_bits;
      unsigned current = (tick_ >> shift) & (slots - 1);
      unsigned slot = (static_cast<unsigned>(std::countr_zero(
                           std::rotr(occupied_[level], static_cast<int>(current)))) +
                       current) &
                      (slots - 1);
      if (wheel_[level][slot].empty()) {
        // Its timers were stopped or moved.
        occupied_[level] &= ~(uint64_t{1} << slot);
        continue;
      }
      uint64_t base = tick_ >> shift >> level_bits << level_bits << shift;
      return Expiry{level, slot, base + (uint64_t{slot} << shift)};
    }
  }
  return std::nullopt;
}

std::optional<uint64_t> TimerWheel::next() {
  std::optional<Expiry> expiry = first();
  if (!expiry) return std::nullopt;
  return expiry->tick << tick_bits;
}

void TimerWheel::advance(uint64_t now, RunQueue& due) {
  uint64_t target = now >> tick_bits;
  while (std::optional<Expiry> expiry = first()) {
    if (expiry->tick > target) break;
    tick_ = std::max(tick_, expiry->tick);
    RunQueue slot;
    slot.splice(wheel_[expiry->level][expiry->slot]);
    occupied_[expiry->level] &= ~(uint64_t{1} << expiry->slot);
    while (Runnable* node = slot.pop()) {
      Timer& timer = *static_cast<Timer*>(node);
      uint64_t tick = timer.deadline_ >> tick_bits;
      if (tick << tick_bits != timer.deadline_) ++tick;
      if (tick <= tick_) {
        due.push(timer);
      } else {
        place(timer, std::min(tick, last_tick));
      }
    }
  }
  tick_ = std::max(tick_, target);
}

}  // namespace weir::io
