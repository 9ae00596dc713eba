// Answers whose content fails, and what their clients see of that.

#include <gtest/gtest.h>

#include "http/h1/testing/served.h"

namespace weir::http::h1 {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;
constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

// Has `size` bytes, and fails behind them when it is told, before anybody polls it to there.
struct FailingBody final : Body {
  explicit FailingBody(size_t size, std::optional<ErrorCode>& error) : left(size), error(error) {}
  Frame poll(size_t max, Waiter* waiter) override {
    if (size_t size = std::min(max, left); size > 0) {
      left -= size;
      return Frame::of_data(Bytes::copy(std::string(size, 'x')));
    }
    if (!error && waiter) watchers.add(*waiter);
    return error ? Frame::of_error(*error) : Frame::of_pending();
  }
  const ErrorCode* failure(Waiter* waiter) override {
    if (!error && waiter) watchers.add(*waiter);
    return error ? &*error : nullptr;
  }
  void abort(ErrorCode) override {}
  std::optional<uint64_t> length() const override { return std::nullopt; }
  size_t left;
  std::optional<ErrorCode>& error;
  WaitList watchers;
};

// Answers every request with one of those.
struct FailingHandler final : Handler {
  explicit FailingHandler(size_t size) : size(size) {}
  io::Task<Result<Response, ErrorCode>> handle(Request, Exchange&) override {
    Response response;
    auto made = std::make_unique<FailingBody>(size, error);
    body = made.get();
    response.body = std::move(made);
    co_return std::move(response);
  }
  void fail() {
    error = ErrorCode::Kind::internal_error;
    body->watchers.wake_all();
  }
  const size_t size;
  std::optional<ErrorCode> error;
  FailingBody* body = nullptr;
};

TEST(FailedAnswer, CutsAClientThatDoesNotReadSoonAfterTheContentHasFailed) {
  auto handler = std::make_unique<FailingHandler>(10'000'000);
  FailingHandler& failing = *handler;
  Served served({}, 64 << 10, std::move(handler));
  served.reads = false;
  served.send(kGet);
  served.wait(20 * kSecond);
  ASSERT_FALSE(served.gone);
  failing.fail();
  served.settle();
  served.wait(kSecond);
  EXPECT_FALSE(served.gone);
  served.wait(2 * kSecond);
  EXPECT_TRUE(served.gone);
  EXPECT_EQ(served.records.at(0).outcome, Outcome::error);
  // Whoever comes to it now sees that it is not whole.
  served.reads = true;
  served.settle();
  EXPECT_EQ(served.statuses(), "200(cut) close");
}

TEST(FailedAnswer, GivesAClientThatReadsAllThatCameBeforeTheFailure) {
  for (size_t size : {10'000, 300'000, 3'000'000}) {
    auto handler = std::make_unique<FailingHandler>(size);
    FailingHandler& failing = *handler;
    Served served({}, 64 << 10, std::move(handler));
    served.reads = false;
    served.send(kGet);
    failing.fail();
    served.settle();
    served.reads = true;
    served.settle();
    EXPECT_EQ(served.statuses(), "200(cut) close") << size;
    EXPECT_EQ(served.replies().at(0).content.size(), size);
  }
}

TEST(FailedAnswer, NeverLetsACutLookLikeTheEndOfContentThatTheEndOfTheConnectionDelimits) {
  const std::string old = "GET / HTTP/1.0\r\n\r\n";
  // A client that does not read in time.
  Served slow({}, 64 << 10, std::make_unique<FailingHandler>(10'000'000));
  slow.reads = false;
  slow.send(old);
  slow.wait(31 * kSecond);
  ASSERT_TRUE(slow.gone);
  slow.reads = true;
  slow.settle();
  EXPECT_TRUE(slow.was_reset);
  // Content that fails, a client that does not read it, and a drain that is over.
  for (bool drain : {false, true}) {
    auto handler = std::make_unique<FailingHandler>(10'000'000);
    FailingHandler& failing = *handler;
    Served served({}, 64 << 10, std::move(handler));
    served.reads = false;
    served.send(old);
    if (drain)
      served.connection->cut(CancelReason::drain);
    else
      failing.fail();
    served.settle();
    served.wait(3 * kSecond);
    ASSERT_TRUE(served.gone);
    served.reads = true;
    served.settle();
    EXPECT_TRUE(served.was_reset);
  }
}

}  // namespace
}  // namespace weir::http::h1
