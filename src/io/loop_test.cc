#include "io/loop.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "io/await.h"
#include "io/fd_watch.h"
#include "io/task.h"

namespace weir::io {
namespace {

struct Step : Runnable {
  explicit Step(std::function<void()> what) : what(std::move(what)) {}
  std::function<void()> what;
  void run() override { what(); }
};

struct Alarm : Timer {
  explicit Alarm(std::function<void()> what) : what(std::move(what)) {}
  std::function<void()> what;
  void expired() override { what(); }
};

TEST(Loop, RunsWhatWasPostedInOrderAndTheTurnsEndLast) {
  Loop loop;
  std::vector<int> seen;
  Step last([&] {
    seen.push_back(4);
    loop.stop();
  });
  Step third([&] { seen.push_back(3); });
  Step first([&] {
    seen.push_back(1);
    loop.post_at_turn_end(last);
    loop.post(third);
  });
  Step second([&] { seen.push_back(2); });
  loop.post(first);
  loop.post(second);
  loop.run();
  EXPECT_EQ(seen, (std::vector<int>{1, 2, 3, 4}));
}

TEST(Loop, DoesTheWorkOfATurnsEndEarlyWhenTheTurnTakesLong) {
  Loop loop;
  std::vector<int> seen;
  Step last([&] { seen.push_back(2); });
  Step first([&] {
    seen.push_back(1);
    loop.post_at_turn_end(last);
    loop.advance_clock(1'000'000);
  });
  Step second([&] {
    seen.push_back(3);
    loop.stop();
  });
  loop.post(first);
  loop.post(second);
  loop.run();
  EXPECT_EQ(seen, (std::vector<int>{1, 2, 3}));
}

TEST(Loop, KnowsTheTimeWhenAnEventEndsAWait) {
  struct Listens final : FdWatch::Owner {
    explicit Listens(Loop& loop) : loop(loop) {}
    void on_ready(unsigned, int) override {
      seen = loop.now();
      loop.stop();
    }
    Loop& loop;
    uint64_t seen = 0;
  };
  Loop loop;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  Listens listens(loop);
  auto watch = std::make_unique<FdWatch>(loop, ends[0], listens);
  watch->set(FdWatch::readable);
  std::atomic<uint64_t> written = 0;
  std::jthread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    written = loop.precise_now();
    (void)!::write(ends[1], "x", 1);
  });
  loop.run();
  writer.join();
  EXPECT_GE(listens.seen, written.load());

  watch->set(0);
  std::atomic<uint64_t> posted = 0;
  uint64_t seen = 0;
  std::jthread poster([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    posted = loop.precise_now();
    loop.post_from_any_thread([&] {
      seen = loop.now();
      loop.stop();
    });
  });
  loop.run();
  EXPECT_GE(seen, posted.load());
  watch.reset();
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Loop, FiresTimersInOrderAndNeverEarly) {
  Loop loop;
  std::vector<int> seen;
  uint64_t begin = loop.precise_now();
  uint64_t when = 0;
  Alarm second([&] {
    seen.push_back(2);
    when = loop.precise_now();
    loop.stop();
  });
  Alarm first([&] { seen.push_back(1); });
  second.arm(loop, begin + 20'000'000);
  first.arm(loop, begin + 5'000'000);
  loop.run();
  EXPECT_EQ(seen, (std::vector<int>{1, 2}));
  EXPECT_GE(when, begin + 20'000'000);
}

TEST(Loop, FollowsAClockThatATestMoves) {
  Loop loop;
  Alarm hour([&] { loop.stop(); });
  hour.arm(loop, loop.now() + 3'600'000'000'000);
  loop.advance_clock(3'600'000'000'000);
  loop.run();
  EXPECT_FALSE(hour.armed());
}

TEST(Loop, FiresATimerThatBecameDueWhileATurnRan) {
  Loop loop;
  Alarm alarm([&] { loop.stop(); });
  Step slow([&] {
    alarm.arm(loop, loop.now() + 1'000'000);
    uint64_t until = loop.precise_now() + 10'000'000;
    while (loop.precise_now() < until) {
    }
  });
  // The timer is armed in libuv before the slow work, as one of the turn before would be.
  Alarm earlier([] {});
  earlier.arm(loop, loop.now() + 2'000'000);
  loop.post(slow);
  loop.run();
  EXPECT_FALSE(alarm.armed());
}

TEST(Loop, LeavesItsThreadToOthersWhenOneWorkPostsItselfForEver) {
  Loop loop;
  int turns = 0;
  Step again([&] { loop.post(again); });
  loop.post(again);
  Alarm end([&] {
    ++turns;
    loop.stop();
  });
  end.arm(loop, loop.now() + 2'000'000);
  loop.run();
  EXPECT_EQ(turns, 1);
  again.unlink();
}

// Computes for a while whenever it runs.
struct Computing : Runnable {
  explicit Computing(Loop& loop) : loop(loop) { loop.post(*this); }
  void run() override {
    for (uint64_t end = loop.precise_now() + 2'000'000; loop.precise_now() < end;) {
    }
    if (++turns == 100) return loop.stop();
    turn(turns);
    loop.post(*this);
  }
  virtual void turn(int) {}
  Loop& loop;
  int turns = 0;
};

TEST(Loop, LooksForEventsBetweenTheTurnsOfWorkThatComputes) {
  struct Heard final : FdWatch::Owner {
    explicit Heard(Computing& work) : work(work) {}
    void on_ready(unsigned, int) override {
      if (turn < 0) turn = work.turns;
    }
    Computing& work;
    int turn = -1;
  };
  struct Writing final : Computing {
    Writing(Loop& loop, int fd) : Computing(loop), fd(fd) {}
    void turn(int number) override {
      if (number == 10) (void)!::write(fd, "x", 1);
    }
    int fd;
  };
  Loop loop;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  Writing work(loop, ends[1]);
  Heard heard(work);
  {
    FdWatch watch(loop, ends[0], heard);
    watch.set(FdWatch::readable);
    loop.run();
  }
  EXPECT_EQ(heard.turn, 10);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Loop, KnowsHowLateItIs) {
  struct Looking final : Computing {
    using Computing::Computing;
    void turn(int) override {
      lags.push_back(loop.lag());
      backlogs.push_back(loop.backlog(loop.precise_now()));
    }
    std::vector<uint64_t> lags, backlogs;
  };
  Loop loop;
  EXPECT_EQ(loop.backlog(loop.precise_now()), 0u);
  Looking work(loop);
  loop.run();
  for (size_t i = 1; i < work.lags.size(); ++i) {
    EXPECT_GE(work.lags[i], 2'000'000u);
    // What came in the turn before waits in this one, too.
    EXPECT_GE(work.backlogs[i], 4'000'000u);
  }
  EXPECT_GE(loop.streak(), 98 * 2'000'000u);
  // A loop that has waited is not late.
  std::atomic<uint64_t> lag = UINT64_MAX;
  Alarm alarm([&] { lag = std::max(loop.lag(), loop.streak()); });
  alarm.arm(loop, loop.precise_now() + 20'000'000);
  std::jthread other([&] {
    for (int i = 0; i < 10'000 && lag == UINT64_MAX; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    uint64_t backlog = UINT64_MAX;
    for (int i = 0; i < 10'000 && backlog != 0; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      backlog = loop.backlog(loop.precise_now());
    }
    EXPECT_EQ(backlog, 0u);
    loop.stop();
  });
  loop.run();
  EXPECT_EQ(lag, 0u);
}

TEST(Loop, TakesWorkFromOtherThreads) {
  Loop loop;
  struct Count final : RemoteWork {
    std::atomic<int> posts{0};
    int runs = 0;
    void run_on_loop() override { ++runs; }
  } count;
  int calls = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        loop.post_from_any_thread(count);
        loop.post_from_any_thread([&] {
          if (++calls == 2000) loop.stop();
        });
      }
    });
  loop.run();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(calls, 2000);
  EXPECT_GE(count.runs, 1);
  EXPECT_LE(count.runs, 2000);
}

TEST(Loop, RunsRemoteWorkThatIsLeftWhenItEnds) {
  int calls = 0;
  {
    Loop loop;
    loop.post_from_any_thread([&] { ++calls; });
  }
  EXPECT_EQ(calls, 1);
}

TEST(Loop, CanBeDrivenFromOutside) {
  Loop loop;
  bool fired = false;
  Alarm alarm([&] { fired = true; });
  alarm.arm(loop, loop.now() + 10'000'000);
  for (int i = 0; i < 1000 && !fired; ++i) {
    pollfd entry{loop.backend_fd(), POLLIN, 0};
    ::poll(&entry, 1, loop.backend_timeout());
    loop.run_once();
  }
  EXPECT_TRUE(fired);
}

Task<int> add_slowly(Loop& loop, int a, int b) {
  co_await sleep(loop, 1'000'000);
  co_await next_turn(loop);
  co_return a + b;
}

Task<void> add_and_stop(Loop& loop, int& result) {
  int sum = co_await add_slowly(loop, 40, 2);
  result = sum;
  loop.stop();
}

TEST(Task, GoesOnInATurnOfTheLoop) {
  Loop loop;
  int result = 0;
  Task<void> task = add_and_stop(loop, result);
  EXPECT_FALSE(task.start());
  loop.run();
  EXPECT_EQ(result, 42);
  EXPECT_TRUE(task.done());
}

TEST(Task, WakesAWaiterWhenItEnds) {
  Loop loop;
  struct Stopper : Waiter {
    Stopper(Loop& loop) : Waiter(loop), loop(loop) {}
    Loop& loop;
    void fire() override { loop.stop(); }
  } stopper(loop);
  Task<int> task = add_slowly(loop, 1, 2);
  EXPECT_FALSE(task.start(&stopper));
  loop.run();
  EXPECT_EQ(task.take(), 3);
}

TEST(Task, WithdrawsFromWhatItWaitsForWhenItIsDestroyed) {
  Loop loop;
  WaitList list;
  struct Wait {
    static Task<void> on(Loop& loop, WaitList& list) { co_await until_woken(loop, list); }
  };
  Task<void> task = Wait::on(loop, list);
  EXPECT_FALSE(task.start());
  EXPECT_FALSE(list.empty());
  task = {};
  EXPECT_TRUE(list.empty());
  int result = 0;
  Task<void> sleeping = add_and_stop(loop, result);
  sleeping.start();
  sleeping = {};
  loop.advance_clock(1'000'000'000);
  loop.run_once();
  EXPECT_EQ(result, 0);
}

// The shapes that some compilers get wrong.
struct Pair {
  std::string first;
  int second = 0;
};
Task<size_t> size_of(Pair pair) { co_return pair.first.size() + static_cast<size_t>(pair.second); }
Task<int> one() { co_return 1; }
Task<int> branch_on_an_await() {
  if (co_await one() > 0) co_return 7;
  co_return 0;
}
Task<size_t> pass_an_aggregate() {
  size_t size = co_await size_of(Pair{.first = std::string(100, 'x'), .second = 1});
  co_return size;
}
Task<int> await_often(int times) {
  int sum = 0;
  for (int i = 0; i < times; ++i) {
    int value = co_await one();
    sum += value;
  }
  co_return sum;
}

TEST(Task, IsCompiledRight) {
  Task<int> branch = branch_on_an_await();
  EXPECT_TRUE(branch.start());
  EXPECT_EQ(branch.take(), 7);
  Task<size_t> aggregate = pass_an_aggregate();
  EXPECT_TRUE(aggregate.start());
  EXPECT_EQ(aggregate.take(), 101u);
}

TEST(Task, DoesNotGrowTheStackWithTheNumberOfAwaits) {
  Task<int> often = await_often(200'000);
  EXPECT_TRUE(often.start());
  EXPECT_EQ(often.take(), 200'000);
}

}  // namespace
}  // namespace weir::io
