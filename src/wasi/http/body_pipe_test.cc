#include "wasi/http/body_pipe.h"

#include <gtest/gtest.h>

#include "wasi/testing/fake_guest.h"

namespace weir::wasi {
namespace {

using Kind = http::ErrorCode::Kind;
using testing::FakeLoop;
using testing::read_all;

Ref<BodyPipe> make_pipe(std::optional<uint64_t> declared = std::nullopt,
                        size_t high_water = 64 << 10) {
  return make_ref<BodyPipe>(BodyPipe::Options{declared, high_water, Kind::http_response_body_size});
}

struct Flag final : Waiter {
  explicit Flag(Executor& executor) : Waiter(executor) {}
  ~Flag() override { cancel(); }
  void fire() override { ++count; }
  int count = 0;
};

TEST(BodyPipe, DeliversWhatWasWrittenThenTheEnd) {
  auto pipe = make_pipe();
  auto body = pipe->make_body();
  EXPECT_EQ(read_all(*body), "?");
  EXPECT_TRUE(pipe->write(as_bytes("hello ")).ok());
  EXPECT_TRUE(pipe->write(as_bytes("world")).ok());
  EXPECT_EQ(read_all(*body), "hello world?");
  EXPECT_TRUE(pipe->write(as_bytes("!")).ok());
  EXPECT_TRUE(pipe->finish().ok());
  EXPECT_EQ(body->length(), 1u);
  EXPECT_EQ(read_all(*body), "!|");
  EXPECT_EQ(read_all(*body), "|");
}

TEST(BodyPipe, KeepsTheOrderOfCopiedAndSharedBytes) {
  auto pipe = make_pipe(std::nullopt, 1 << 20);
  auto body = pipe->make_body();
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    std::string part(static_cast<size_t>(i) * 331 + 1, static_cast<char>('a' + i % 26));
    expected += part;
    if (i % 3 == 0) {
      EXPECT_TRUE(pipe->write(Bytes::copy(part)).ok());
    } else {
      EXPECT_TRUE(pipe->write(as_bytes(part)).ok());
    }
  }
  EXPECT_TRUE(pipe->finish().ok());
  std::string got;
  std::vector<uint8_t> buffer(1000);
  for (;;) {
    http::Body::Frame frame;
    size_t count = body->poll_into(buffer, frame, nullptr);
    if (frame.state != http::Body::State::data) break;
    got += as_text(std::span(buffer).first(count));
  }
  EXPECT_EQ(got, expected);
}

TEST(BodyPipe, DoesNotChangeBytesThatWereGivenOut) {
  auto pipe = make_pipe();
  auto body = pipe->make_body();
  EXPECT_TRUE(pipe->write(as_bytes("first")).ok());
  Bytes first = body->poll(100, nullptr).data;
  EXPECT_TRUE(pipe->write(as_bytes("second")).ok());
  EXPECT_EQ(first.view(), "first");
  EXPECT_EQ(body->poll(3, nullptr).data.view(), "sec");
  EXPECT_EQ(body->poll(100, nullptr).data.view(), "ond");
  EXPECT_EQ(first.view(), "first");
}

TEST(BodyPipe, IsBoundedAndWakesTheProducerOnceItIsHalfEmpty) {
  FakeLoop loop;
  Flag writer(loop);
  auto pipe = make_pipe();
  auto body = pipe->make_body();
  size_t written = 0;
  while (size_t room = pipe->room()) {
    ASSERT_GE(room, 4096u);
    EXPECT_TRUE(pipe->write(as_bytes(std::string(4096, 'x'))).ok());
    written += 4096;
  }
  EXPECT_EQ(written, 64u << 10);
  pipe->watch_room(writer);
  size_t taken = 0;
  while (writer.count == 0) {
    Bytes data = body->poll(4096, nullptr).data;
    ASSERT_FALSE(data.empty());
    taken += data.size();
    loop.run();
  }
  EXPECT_EQ(taken, 32u << 10);
  EXPECT_GT(pipe->room(), 0u);
}

TEST(BodyPipe, MakesTheProducerWaitEarlyWhereTheProcessHoldsEnough) {
  FakeLoop loop;
  Flag writer(loop);
  ByteBudget budget(10'000);
  auto pipe = make_ref<BodyPipe>(BodyPipe::Options{.budget = &budget});
  auto body = pipe->make_body();
  EXPECT_TRUE(pipe->write(as_bytes(std::string(12'000, 'x'))).ok());
  EXPECT_EQ(budget.used(), 12'000u);
  EXPECT_EQ(pipe->room(), 0u);
  // A small body gets through all the same.
  auto small = make_ref<BodyPipe>(BodyPipe::Options{.budget = &budget});
  EXPECT_GE(small->room(), 4096u);
  pipe->watch_room(writer);
  EXPECT_EQ(body->poll(8'000, nullptr).data.size(), 8'000u);
  loop.run();
  EXPECT_EQ(writer.count, 1);
  EXPECT_GT(pipe->room(), 0u);
  body.reset();
  EXPECT_EQ(budget.used(), 0u);
}

TEST(BodyPipe, TakesAUsualWriteOfEverybodyWhereTheProcessHoldsEnough) {
  ByteBudget budget(10'000);
  BudgetShare others(budget);
  others.hold(10'000);
  auto pipe = make_ref<BodyPipe>(BodyPipe::Options{.budget = &budget});
  auto body = pipe->make_body();
  EXPECT_EQ(pipe->room(), 4096u);
  EXPECT_TRUE(pipe->write(as_bytes("x")).ok());
  EXPECT_EQ(pipe->room(), 4096u);
  EXPECT_TRUE(pipe->write(as_bytes(std::string(4096, 'x'))).ok());
  EXPECT_EQ(pipe->room(), 0u);
  // What was taken makes room, however much the others hold.
  EXPECT_FALSE(body->poll(4'000, nullptr).data.empty());
  EXPECT_EQ(pipe->room(), 4096u);
  others.hold(0);
  EXPECT_GT(pipe->room(), 4096u);
}

TEST(BodyPipe, WakesTheConsumerOnceForTheWritesOfATurn) {
  FakeLoop loop;
  Flag reader(loop);
  auto pipe = make_pipe();
  auto body = pipe->make_body();
  EXPECT_EQ(body->poll(10, &reader).state, http::Body::State::pending);
  EXPECT_TRUE(pipe->write(as_bytes("a")).ok());
  EXPECT_TRUE(pipe->write(as_bytes("b")).ok());
  EXPECT_EQ(reader.count, 0);
  loop.run();
  EXPECT_EQ(reader.count, 1);
  EXPECT_EQ(read_all(*body), "ab?");
}

TEST(BodyPipe, FailsWhenItsProducerGoesWithoutFinishing) {
  FakeLoop loop;
  Flag reader(loop);
  auto pipe = make_pipe();
  auto body = pipe->make_body();
  EXPECT_EQ(body->poll(10, &reader).state, http::Body::State::pending);
  pipe->fail(Kind::internal_error);
  loop.run();
  EXPECT_EQ(reader.count, 1);
  EXPECT_EQ(read_all(*body), "[internal-error]");
  EXPECT_EQ(read_all(*body), "[internal-error]");
  EXPECT_FALSE(pipe->finish().ok());
}

TEST(BodyPipe, DeliversWhatIsQueuedBeforeItsFailure) {
  auto pipe = make_pipe();
  auto body = pipe->make_body();
  EXPECT_TRUE(pipe->write(as_bytes("part")).ok());
  pipe->fail(Kind::internal_error);
  EXPECT_EQ(read_all(*body), "part[internal-error]");
}

TEST(BodyPipe, TellsOfItsFailureBeforeWhatIsQueuedIsRead) {
  FakeLoop loop;
  Flag watcher(loop);
  auto pipe = make_pipe();
  auto body = pipe->make_body();
  EXPECT_TRUE(pipe->write(as_bytes("part")).ok());
  EXPECT_EQ(body->failure(&watcher), nullptr);
  // More of it is no failure.
  EXPECT_TRUE(pipe->write(as_bytes(" and more")).ok());
  loop.run();
  EXPECT_EQ(watcher.count, 0);
  pipe->fail(Kind::internal_error);
  loop.run();
  EXPECT_EQ(watcher.count, 1);
  ASSERT_NE(body->failure(&watcher), nullptr);
  EXPECT_EQ(body->failure(&watcher)->kind(), Kind::internal_error);
  EXPECT_EQ(read_all(*body), "part and more[internal-error]");
  // Content that is complete will not fail.
  auto whole = make_pipe();
  auto complete = whole->make_body();
  EXPECT_TRUE(whole->finish().ok());
  whole->fail(Kind::internal_error);
  EXPECT_EQ(complete->failure(&watcher), nullptr);
  loop.run();
  EXPECT_EQ(watcher.count, 1);
}

TEST(BodyPipe, IsCompleteWithExactlyTheDeclaredLength) {
  auto pipe = make_pipe(11);
  auto body = pipe->make_body();
  EXPECT_EQ(body->length(), 11u);
  EXPECT_TRUE(pipe->write(as_bytes("hello world")).ok());
  EXPECT_EQ(body->poll(5, nullptr).data.view(), "hello");
  EXPECT_EQ(body->length(), 6u);
  EXPECT_TRUE(pipe->finish().ok());
  EXPECT_EQ(read_all(*body), " world|");
}

TEST(BodyPipe, FailsWithWhatWasWrittenWhenThatIsTooLittle) {
  for (size_t written : {0u, 3u}) {
    auto pipe = make_pipe(11);
    auto body = pipe->make_body();
    EXPECT_TRUE(pipe->write(as_bytes(std::string(written, 'x'))).ok());
    auto finished = pipe->finish();
    ASSERT_FALSE(finished.ok());
    EXPECT_EQ(finished.error(), http::ErrorCode(Kind::http_response_body_size, written));
    EXPECT_EQ(read_all(*body), std::string(written, 'x') + "[HTTP-response-body-size]");
  }
}

TEST(BodyPipe, RefusesTheWholeWriteThatGoesBeyondTheDeclaredLength) {
  for (bool shared : {false, true}) {
    auto pipe = make_pipe(4000);
    auto body = pipe->make_body();
    EXPECT_TRUE(pipe->write(as_bytes("1234")).ok());
    std::string rest(4000, 'x');
    auto written = shared ? pipe->write(Bytes::copy(rest)) : pipe->write(as_bytes(rest));
    ASSERT_FALSE(written.ok());
    EXPECT_EQ(written.error(), http::ErrorCode(Kind::http_response_body_size, 4004));
    EXPECT_TRUE(pipe->closed());
    auto finished = pipe->finish();
    ASSERT_FALSE(finished.ok());
    EXPECT_EQ(finished.error(), http::ErrorCode(Kind::http_response_body_size, 4004));
    EXPECT_EQ(read_all(*body), "1234[HTTP-response-body-size]");
  }
}

TEST(BodyPipe, DeliversTrailersAfterTheData) {
  auto pipe = make_pipe();
  auto body = pipe->make_body();
  EXPECT_TRUE(pipe->write(as_bytes("x")).ok());
  http::Fields trailers;
  trailers.append("Sum", "1");
  EXPECT_TRUE(pipe->finish(std::move(trailers)).ok());
  EXPECT_EQ(body->length(), std::nullopt);
  EXPECT_EQ(read_all(*body), "x{Sum: 1}|");
}

TEST(BodyPipe, ClosesWhenItsConsumerGoes) {
  FakeLoop loop;
  Flag writer(loop);
  auto pipe = make_pipe();
  auto body = pipe->make_body();
  EXPECT_TRUE(pipe->write(as_bytes(std::string(64 << 10, 'x'))).ok());
  pipe->watch_room(writer);
  body.reset();
  loop.run();
  EXPECT_EQ(writer.count, 1);
  EXPECT_TRUE(pipe->closed());
  EXPECT_TRUE(pipe->write(as_bytes("dropped")).ok());
  EXPECT_TRUE(pipe->finish().ok());
}

TEST(BodyPipe, AnswersAnAbortWithItsCodeForEver) {
  auto pipe = make_pipe();
  auto body = pipe->make_body();
  EXPECT_TRUE(pipe->write(as_bytes("x")).ok());
  body->abort(Kind::connection_terminated);
  EXPECT_TRUE(pipe->closed());
  EXPECT_EQ(read_all(*body), "[connection-terminated]");
}

TEST(BodyPipe, TakesAndDropsEverythingWhereTheresponseHasNoContent) {
  auto pipe = make_pipe(1 << 20);
  EXPECT_TRUE(pipe->write(as_bytes("before")).ok());
  pipe->discard();
  auto body = pipe->make_body();
  EXPECT_EQ(body->length(), 0u);
  EXPECT_EQ(read_all(*body), "|");
  body.reset();
  EXPECT_FALSE(pipe->closed());
  std::string block(4096, 'x');
  for (size_t left = (1 << 20) - 6; left > 0;) {
    size_t part = std::min(left, block.size());
    ASSERT_GT(pipe->room(), 0u);
    EXPECT_TRUE(pipe->write(as_bytes(block).first(part)).ok());
    left -= part;
  }
  EXPECT_TRUE(pipe->finish().ok());
}

TEST(BodyPipe, MayDeclareALengthAndWriteNothingWhereThereIsNoContent) {
  auto pipe = make_pipe(100);
  pipe->discard();
  EXPECT_TRUE(pipe->finish().ok());
  auto partly = make_pipe(100);
  partly->discard();
  EXPECT_TRUE(partly->write(as_bytes("x")).ok());
  EXPECT_FALSE(partly->finish().ok());
}

TEST(BodyPipe, OutlivesItsProducer) {
  auto pipe = make_pipe();
  auto body = pipe->make_body();
  EXPECT_TRUE(pipe->write(as_bytes("kept")).ok());
  EXPECT_TRUE(pipe->finish().ok());
  pipe = {};
  EXPECT_EQ(read_all(*body), "kept|");
}

}  // namespace
}  // namespace weir::wasi
