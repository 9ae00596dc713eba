#include "io/timer_wheel.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <vector>

#include "io/loop.h"

namespace weir::io {
namespace {

struct Noting final : Timer {
  std::vector<Noting*>* fired = nullptr;
  void expired() override { fired->push_back(this); }
};

// Runs everything that is due at `now`.
void run_due(TimerWheel& wheel, uint64_t now) {
  RunQueue due;
  wheel.advance(now, due);
  while (Runnable* timer = due.pop()) timer->run();
}

TEST(TimerWheel, FiresNeverEarlyAndAtMostATickLate) {
  std::mt19937_64 random(1);
  uint64_t now = 987'654'321'000;
  TimerWheel wheel(now);
  std::vector<Noting*> fired;
  std::vector<std::unique_ptr<Noting>> timers;
  for (int i = 0; i < 2000; ++i) {
    timers.push_back(std::make_unique<Noting>());
    timers.back()->fired = &fired;
    wheel.add(*timers.back(), now + 1 + random() % (uint64_t{1} << (10 + i % 32)));
  }
  constexpr uint64_t tick = 1 << TimerWheel::tick_bits;
  size_t checked = 0;
  while (auto next = wheel.next()) {
    ASSERT_GE(*next + tick, now);
    now = std::max(now, *next);
    run_due(wheel, now);
    for (; checked < fired.size(); ++checked) {
      EXPECT_LE(fired[checked]->deadline(), now);
      EXPECT_LE(now, fired[checked]->deadline() + tick);
    }
  }
  EXPECT_EQ(fired.size(), timers.size());
}

TEST(TimerWheel, ForgetsTimersThatAreDisarmedOrDie) {
  TimerWheel wheel(0);
  std::vector<Noting*> fired;
  Noting stopped;
  stopped.fired = &fired;
  wheel.add(stopped, 5'000'000);
  {
    Noting dead;
    dead.fired = &fired;
    wheel.add(dead, 6'000'000);
  }
  stopped.disarm();
  EXPECT_FALSE(wheel.next());
  run_due(wheel, 100'000'000);
  EXPECT_TRUE(fired.empty());
}

TEST(TimerWheel, TakesTheLongestDeadlines) {
  TimerWheel wheel(1'000'000'000);
  std::vector<Noting*> fired;
  Noting far;
  far.fired = &fired;
  wheel.add(far, UINT64_MAX);
  run_due(wheel, uint64_t{1} << 59);
  EXPECT_TRUE(fired.empty());
  EXPECT_TRUE(far.armed());
}

TEST(TimerWheel, SurvivesALongSleepOfItsThread) {
  TimerWheel wheel(0);
  std::vector<Noting*> fired;
  Noting early, late;
  early.fired = late.fired = &fired;
  wheel.add(early, 10'000'000);
  run_due(wheel, 3'600'000'000'000);
  ASSERT_EQ(fired.size(), 1u);
  wheel.add(late, 3'600'000'000'000 + 50'000'000);
  run_due(wheel, 3'600'000'000'000 + 49'000'000);
  EXPECT_EQ(fired.size(), 1u);
  run_due(wheel, 3'600'000'000'000 + 51'000'000);
  EXPECT_EQ(fired.size(), 2u);
}

}  // namespace
}  // namespace weir::io
