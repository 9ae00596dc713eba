#include "wasi/http/body_reader.h"

#include <gtest/gtest.h>

#include <optional>

#include "wasi/testing/fake_guest.h"

namespace weir::wasi {
namespace {

using Frame = http::Body::Frame;
using Kind = http::ErrorCode::Kind;
using State = BodyReader::State;
using testing::FakeBody;
using testing::FakeLoop;

struct Flag final : Waiter {
  explicit Flag(Executor& executor) : Waiter(executor) {}
  ~Flag() override { cancel(); }
  void fire() override { fired = true; }
  bool fired = false;
};

struct BodyReaderTest : ::testing::Test {
  FieldRules rules;
  std::shared_ptr<FakeBody::Feed> feed = std::make_shared<FakeBody::Feed>();
  BodyReader reader{std::make_unique<FakeBody>(feed), rules};
};

TEST_F(BodyReaderTest, GivesAtMostWhatIsAskedFor) {
  feed->push_text("hello");
  EXPECT_TRUE(reader.ready());
  EXPECT_EQ(reader.read(2).view(), "he");
  EXPECT_EQ(reader.read(0).size(), 0u);
  EXPECT_EQ(reader.read(UINT64_MAX).view(), "llo");
  EXPECT_EQ(reader.read(1).size(), 0u);
  EXPECT_FALSE(reader.ready());
  EXPECT_EQ(reader.state(), State::open);
}

TEST_F(BodyReaderTest, CountsWhatItHasReadAhead) {
  ByteBudget budget;
  {
    BodyReader counted(std::make_unique<FakeBody>(feed), rules, &budget);
    feed->push_text(std::string(10'000, 'x'));
    EXPECT_TRUE(counted.ready());
    EXPECT_EQ(budget.used(), 10'000u);
    EXPECT_EQ(counted.read(4'000).size(), 4'000u);
    EXPECT_EQ(budget.used(), 6'000u);
  }
  EXPECT_EQ(budget.used(), 0u);
}

TEST_F(BodyReaderTest, ReadsLittleAheadWhileTheProcessHoldsAsMuchAsItMay) {
  ByteBudget budget(100'000);
  std::optional<BudgetShare> others(budget);
  others->hold(100'000);
  BodyReader counted(std::make_unique<FakeBody>(feed), rules, &budget);
  const std::string text(50'000, 'x');
  feed->push_text(text);
  EXPECT_TRUE(counted.ready());
  EXPECT_EQ(budget.used(), 100'000u);
  // The rest stays where it is until it is asked for, and then comes all the same.
  size_t got = 0;
  while (true) {
    Bytes bytes = counted.read(UINT64_MAX);
    if (bytes.empty()) break;
    EXPECT_LE(bytes.size(), BudgetShare::free_allowance);
    got += bytes.size();
    EXPECT_TRUE(counted.ready() || got == text.size());
  }
  EXPECT_EQ(got, text.size());
  others.reset();
  feed->push_text(text);
  EXPECT_EQ(counted.read(UINT64_MAX).size(), text.size());
}

TEST_F(BodyReaderTest, DoesNotTouchTheBodyBeforeTheGuestAsks) { EXPECT_EQ(feed->polls, 0u); }

TEST_F(BodyReaderTest, IsReadyWithData) {
  FakeLoop loop;
  Flag flag(loop);
  EXPECT_FALSE(reader.ready());
  reader.watch(flag);
  loop.run();
  EXPECT_FALSE(flag.fired);
  feed->push_text("x");
  loop.run();
  EXPECT_TRUE(flag.fired);
  EXPECT_TRUE(reader.ready());
}

TEST_F(BodyReaderTest, KeepsAnErrorForEver) {
  feed->push_text("x");
  feed->push(Frame::of_error(Kind::connection_terminated));
  EXPECT_EQ(reader.read(9).view(), "x");
  EXPECT_EQ(reader.read(9).size(), 0u);
  EXPECT_EQ(reader.state(), State::failed);
  EXPECT_EQ(reader.error().kind(), Kind::connection_terminated);
}

TEST_F(BodyReaderTest, StripsForbiddenTrailers) {
  http::Fields trailers;
  trailers.append("sum", "1");
  trailers.append("Connection", "close");
  feed->push(Frame::of_trailers(std::move(trailers)));
  feed->push(Frame::of_end());
  EXPECT_TRUE(reader.drain());
  std::optional<http::Fields> got = reader.take_trailers();
  ASSERT_TRUE(got);
  ASSERT_EQ(got->size(), 1u);
  EXPECT_EQ((*got)[0].name, "sum");
}

TEST_F(BodyReaderTest, HasNoTrailersWhereThereWasNoSection) {
  feed->push_text("x");
  feed->push(Frame::of_end());
  EXPECT_TRUE(reader.drain());
  EXPECT_EQ(reader.state(), State::ended);
  EXPECT_FALSE(reader.take_trailers());
}

TEST_F(BodyReaderTest, DrainsALongBodyInTurns) {
  FakeLoop loop;
  for (int i = 0; i < 1000; ++i) feed->push_text("data");
  EXPECT_FALSE(reader.drain());
  Flag flag(loop);
  int turns = 0;
  while (!reader.drain()) {
    if (turns == 5) feed->push(Frame::of_end());
    flag.fired = false;
    reader.watch_drain(flag);
    loop.run();
    ASSERT_TRUE(flag.fired || !feed->frames.empty() || turns < 5);
    ASSERT_LT(++turns, 100);
  }
  EXPECT_EQ(reader.state(), State::ended);
}

}  // namespace
}  // namespace weir::wasi
