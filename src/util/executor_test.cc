#include "util/executor.h"

#include <gtest/gtest.h>

#include <memory>

namespace weir {
namespace {

struct Turns : Executor {
  RunQueue queue;
  void post(Runnable& work) override {
    if (!work.linked()) queue.push(work);
  }
  uint64_t now() const override { return 0; }
  int run() {
    int count = 0;
    while (Runnable* work = queue.pop()) ++count, work->run();
    return count;
  }
};

struct Counting : Waiter {
  using Waiter::Waiter;
  int fired = 0;
  void fire() override { ++fired; }
};

TEST(Waiter, FiresInALaterTurnAndOnlyOnceForManyWakes) {
  Turns turns;
  Counting waiter(turns);
  WaitList list;
  list.add(waiter);
  list.wake_all();
  waiter.wake();
  EXPECT_EQ(waiter.fired, 0);
  turns.run();
  EXPECT_EQ(waiter.fired, 1);
  EXPECT_TRUE(list.empty());
}

TEST(Waiter, DestroyedWhileWaitingOrPostedNeverFires) {
  Turns turns;
  WaitList list;
  auto waiting = std::make_unique<Counting>(turns);
  auto posted = std::make_unique<Counting>(turns);
  list.add(*waiting);
  posted->wake();
  waiting.reset();
  posted.reset();
  list.wake_all();
  EXPECT_EQ(turns.run(), 0);
}

TEST(Waiter, CancelledAfterItsWakeDoesNotFire) {
  Turns turns;
  Counting waiter(turns);
  waiter.wake();
  waiter.cancel();
  turns.run();
  EXPECT_EQ(waiter.fired, 0);
  waiter.wake();
  turns.run();
  EXPECT_EQ(waiter.fired, 1);
}

TEST(RunQueue, ForgetsItsNodesWhenDestroyed) {
  Turns turns;
  Counting waiter(turns);
  {
    WaitList list;
    list.add(waiter);
  }
  EXPECT_FALSE(waiter.linked());
}

}  // namespace
}  // namespace weir
