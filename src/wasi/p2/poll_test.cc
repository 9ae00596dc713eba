#include "wasi/p2/poll.h"

#include <gtest/gtest.h>

#include "wasi/http/body_reader.h"
#include "wasi/p2/resources.h"
#include "wasi/testing/fake_guest.h"

namespace weir::wasi::p2 {
namespace {

using io_poll::Pollable;
using testing::FakeBody;
using testing::FakeGuest;

struct Poll : ::testing::Test {
  FakeGuest guest;
  component::Call& call = guest.call;

  std::unique_ptr<Pollable> after(uint64_t duration) {
    return *guest.p2().monotonic_clock.subscribe_duration(call, duration);
  }
  std::unique_ptr<Pollable> at(uint64_t instant) {
    return *guest.p2().monotonic_clock.subscribe_instant(call, instant);
  }
  component::OrTrap<std::vector<uint32_t>> poll(std::vector<Pollable*> list) {
    return guest.p2().poll.poll(call, std::move(list));
  }
  using Ready = std::vector<uint32_t>;
};

TEST_F(Poll, OfNothingTraps) {
  auto answer = poll({});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.trap().kind(), component::Trap::Kind::host);
}

TEST_F(Poll, SaysAllThatAreReadyInTheirOrder) {
  auto past = at(0);
  auto never = at(UINT64_MAX);
  EXPECT_EQ(*poll({past.get(), never.get(), past.get()}), (Ready{0, 2}));
  EXPECT_EQ(guest.suspensions, 0);
}

TEST_F(Poll, WaitsForTheFirstOfMany) {
  auto late = after(1000), soon = after(100), never = at(UINT64_MAX);
  EXPECT_EQ(*poll({late.get(), soon.get(), never.get(), soon.get()}), (Ready{1, 3}));
  EXPECT_EQ(guest.loop.time, 1'000'100u);
  EXPECT_EQ(*poll({late.get(), never.get()}), (Ready{0}));
  EXPECT_EQ(guest.loop.time, 1'001'000u);
}

TEST_F(Poll, AcceptsTheSamePollableTwice) {
  auto soon = after(100);
  EXPECT_EQ(*poll({soon.get(), soon.get()}), (Ready{0, 1}));
}

TEST_F(Poll, WaitsForTwoPollablesOfOneStream) {
  auto feed = std::make_shared<FakeBody::Feed>();
  http_types::IncomingBody body(
      std::make_unique<BodyReader>(std::make_unique<FakeBody>(feed), guest.grants.field_rules));
  auto stream = body.make_stream();
  Pollable a(*stream), b(*stream);
  auto timeout = after(1'000'000);
  guest.when_idle.push_back([&] { feed->push_text("x"); });
  EXPECT_EQ(*poll({&a, timeout.get(), &b}), (Ready{0, 2}));
}

TEST_F(Poll, NeverAnswersBeforeATimersDeadline) {
  auto timer = after(1000);
  guest.timer_early = 300;
  EXPECT_TRUE(guest.p2().poll.pollable_block(call, *timer).ok());
  EXPECT_EQ(guest.suspensions, 2);
  EXPECT_EQ(guest.loop.time, 1'001'000u);
}

TEST_F(Poll, BlocksUntilReady) {
  auto timer = after(5);
  EXPECT_FALSE(*guest.p2().poll.pollable_ready(call, *timer));
  EXPECT_TRUE(guest.p2().poll.pollable_block(call, *timer).ok());
  EXPECT_TRUE(*guest.p2().poll.pollable_ready(call, *timer));
  EXPECT_TRUE(guest.p2().poll.pollable_block(call, *timer).ok());
}

TEST_F(Poll, EndsWithTheGuestAndLeavesNoWaiterBehind) {
  auto feed = std::make_shared<FakeBody::Feed>();
  http_types::IncomingBody body(
      std::make_unique<BodyReader>(std::make_unique<FakeBody>(feed), guest.grants.field_rules));
  auto stream = body.make_stream();
  Pollable readable(*stream);
  auto never = at(UINT64_MAX);
  guest.when_idle.push_back([&] { guest.cancelled = true; });
  auto answer = poll({&readable, never.get()});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.trap().kind(), component::Trap::Kind::cancelled);
  EXPECT_TRUE(feed->waiters.empty());
}

TEST_F(Poll, ATimerBeyondTheEndOfTimeSaturates) {
  auto timer = after(UINT64_MAX);
  EXPECT_FALSE(*guest.p2().poll.pollable_ready(call, *timer));
  auto almost = after(UINT64_MAX - 1'000'000);
  EXPECT_FALSE(*guest.p2().poll.pollable_ready(call, *almost));
}

TEST_F(Poll, TimersStopWithTheirPollable) {
  auto timer = after(100), other = after(50);
  EXPECT_EQ(*poll({timer.get(), other.get()}), (Ready{1}));
  timer.reset();
  other.reset();
  EXPECT_EQ(guest.loop.timers(), 0u);
}

TEST(Time, SaturatesOnAddition) {
  EXPECT_EQ(saturating_add(5, 6), 11u);
  EXPECT_EQ(saturating_add(UINT64_MAX - 1, 1), UINT64_MAX);
  EXPECT_EQ(saturating_add(UINT64_MAX, 1), UINT64_MAX);
  EXPECT_EQ(saturating_add(1, UINT64_MAX), UINT64_MAX);
}

}  // namespace
}  // namespace weir::wasi::p2
