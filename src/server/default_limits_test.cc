// Every limit and timeout of a server as it is where nobody says anything else, on a clock that
// only the tests move.

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "http/h1/testing/crowd.h"
#include "http/h1/testing/served.h"
#include "server/settings.h"

namespace weir::server {
namespace {

using http::h1::Served;

constexpr uint64_t kSecond = 1'000'000'000;
constexpr uint64_t kMoment = kSecond / 2;
constexpr const char* kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

// Of a server that nobody has configured.
const http::h1::ServerSettings kDefault = Settings{}.connection;

std::string times(size_t count, std::string_view text) {
  std::string all;
  for (size_t i = 0; i < count; ++i) all += text;
  return all;
}

std::string post(std::string_view path, size_t length) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

TEST(DefaultLimits, AHeadMayTakeTenSecondsFromItsFirstByte) {
  Served served(kDefault);
  // Nothing has come yet.
  served.wait(50 * kSecond);
  served.send("G");
  served.wait(5 * kSecond);
  served.send("ET /");
  served.wait(5 * kSecond - kMoment);
  EXPECT_EQ(served.statuses(), "open");
  served.wait(2 * kMoment);
  EXPECT_EQ(served.statuses(), "408 close");
}

TEST(DefaultLimits, AConnectionMayIdleForSixtySeconds) {
  Served served(kDefault);
  served.send(kGet);
  served.wait(60 * kSecond - kMoment);
  EXPECT_EQ(served.statuses(), "200 open");
  served.wait(2 * kMoment);
  EXPECT_EQ(served.statuses(), "200 close");
}

TEST(DefaultLimits, ContentMayPauseForThirtySeconds) {
  // A long answer, so that the answer's own time is not what ends it.
  Served served(kDefault);
  served.send(post("/echo", 100'000));
  served.wait(30 * kSecond - kMoment);
  served.send(times(10'000, "x"));
  served.wait(30 * kSecond - kMoment);
  EXPECT_EQ(served.statuses({"POST"}), "200(cut) open");
  served.wait(2 * kMoment);
  EXPECT_EQ(served.statuses({"POST"}), "200(cut) close");

  Served unanswered(kDefault);
  unanswered.settings.response_timeout_ns = 0;
  unanswered.send(post("/late", 100'000));
  unanswered.wait(30 * kSecond - kMoment);
  EXPECT_EQ(unanswered.statuses({"POST"}), "open");
  unanswered.wait(2 * kMoment);
  EXPECT_EQ(unanswered.statuses({"POST"}), "408 close");
}

TEST(DefaultLimits, ContentComesWithAHundredBytesASecondAfterThirtySecondsOfWaiting) {
  for (size_t rate : {90, 110}) {
    Served served(kDefault);
    served.send(post("/echo", 100'000));
    int seconds = 0;
    for (; seconds < 600 && !served.ended; ++seconds) {
      served.send(times(rate, "x"));
      served.wait(kSecond);
    }
    // Thirty seconds, and ten of a hundred that each second is short.
    if (rate == 90) {
      EXPECT_EQ(served.statuses({"POST"}), "200(cut) close");
      EXPECT_GE(seconds, 285);
      EXPECT_LE(seconds, 305);
    } else {
      EXPECT_EQ(served.statuses({"POST"}), "200(cut) open");
    }
  }
}

TEST(DefaultLimits, AClientMayStopReadingForThirtySeconds) {
  Served served(kDefault);
  served.reads = false;
  served.send("GET /bytes/10000000 HTTP/1.1\r\nHost: a\r\n\r\n");
  served.wait(30 * kSecond - kMoment);
  // Any progress begins the time anew.
  served.reads = true;
  served.settle();
  EXPECT_EQ(served.statuses(), "200 open");
  served.reads = false;
  served.send("GET /bytes/10000000 HTTP/1.1\r\nHost: a\r\n\r\n");
  served.wait(30 * kSecond - kMoment);
  EXPECT_FALSE(served.gone);
  served.wait(2 * kMoment);
  EXPECT_TRUE(served.gone);
  EXPECT_EQ(served.records.back().outcome, http::Outcome::timeout);
}

TEST(DefaultLimits, AnAnswerMayTakeThirtySeconds) {
  Served served(kDefault);
  served.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n");
  served.wait(30 * kSecond - kMoment);
  EXPECT_EQ(served.statuses(), "open");
  served.wait(2 * kMoment);
  EXPECT_EQ(served.statuses(), "504 open");
  EXPECT_EQ(served.handler.ended, 1);
}

TEST(DefaultLimits, ARequestMayTakeForEverOnceItIsAnswered) {
  Served served(kDefault);
  served.send(post("/echo", 1'000'000));
  for (int i = 0; i < 1000; ++i) {
    served.send(times(500, "x"));
    served.wait(kSecond);
  }
  EXPECT_EQ(served.statuses({"POST"}), "200(cut) open");
}

TEST(DefaultLimits, AHeadHasThirtyTwoKibibytes) {
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ", end = "\r\n\r\n";
  const size_t left = (32 << 10) - start.size() - end.size();
  Served fits(kDefault);
  fits.send(start + times(left, "x") + end);
  EXPECT_EQ(fits.statuses(), "200 open");
  Served larger(kDefault);
  larger.send(start + times(left + 1, "x") + end);
  EXPECT_EQ(larger.statuses(), "431 close");
}

TEST(DefaultLimits, AHeadHasAHundredAndTwentyEightFields) {
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\n";
  Served fits(kDefault);
  fits.send(start + times(127, "a: b\r\n") + "\r\n");
  EXPECT_EQ(fits.statuses(), "200 open");
  Served more(kDefault);
  more.send(start + times(128, "a: b\r\n") + "\r\n");
  EXPECT_EQ(more.statuses(), "431 close");
}

TEST(DefaultLimits, ARequestLineHasEightKibibytes) {
  const std::string start = "GET /", end = " HTTP/1.1";
  const size_t left = (8 << 10) - start.size() - end.size();
  Served fits(kDefault);
  fits.send(start + times(left, "x") + end + "\r\nHost: a\r\n\r\n");
  EXPECT_EQ(fits.statuses(), "200 open");
  Served longer(kDefault);
  longer.send(start + times(left + 1, "x") + end + "\r\nHost: a\r\n\r\n");
  EXPECT_EQ(longer.statuses(), "414 close");
}

TEST(DefaultLimits, ContentMayHaveAnySize) {
  Served served(kDefault);
  served.send(post("/late", 30'000'000));
  for (int i = 0; i < 30; ++i) served.send(times(1000, times(1000, "x")));
  EXPECT_EQ(served.statuses({"POST"}), "200 open");
}

// Answers nothing, and counts what the server said by itself.
class Busy final : public http::Handler {
 public:
  io::Task<Result<http::Response, http::ErrorCode>> handle(http::Request,
                                                           http::Exchange& exchange) override {
    io::Wakeup wake(exchange.loop());
    while (true) co_await wake;
  }
};

TEST(DefaultLimits, AThousandRequestsRunAThousandWaitForASecondAndTheNextIsRefused) {
  const Settings settings;
  EXPECT_EQ(settings.max_requests, 1000u);
  EXPECT_EQ(settings.max_waiting, 1000u);
  Busy busy;
  http::h1::Crowd crowd(settings.connection, busy, static_cast<uint32_t>(settings.max_requests),
                        static_cast<uint32_t>(settings.max_waiting));
  for (int i = 0; i < 2000; ++i) crowd.add(std::make_unique<http::h1::testing::Feed>(kGet));
  crowd.settle();
  EXPECT_EQ(crowd.gate.running(), 1000u);
  EXPECT_EQ(crowd.gate.waiting(), 1000u);
  EXPECT_TRUE(crowd.statuses.empty());
  // What one is told, to the letter.
  auto& told = crowd.add(std::make_unique<http::h1::testing::Feed>(kGet));
  std::string text;
  told.keep(text);
  crowd.settle();
  EXPECT_EQ(crowd.statuses, (std::map<uint16_t, int>{{503, 1}}));
  EXPECT_TRUE(text.starts_with("HTTP/1.1 503 ")) << text;
  EXPECT_NE(text.find("\r\nretry-after: 1\r\n"), std::string::npos) << text;
  crowd.loop.advance_clock(kSecond - kMoment);
  crowd.settle();
  EXPECT_EQ(crowd.gate.waiting(), 1000u);
  crowd.loop.advance_clock(2 * kMoment);
  crowd.settle();
  EXPECT_EQ(crowd.statuses, (std::map<uint16_t, int>{{503, 1001}}));
  EXPECT_EQ(crowd.gate.running(), 1000u);
  EXPECT_EQ(crowd.gate.waiting(), 0u);
}

TEST(DefaultLimits, BuffersHaveTwoHundredAndFiftySixMebibytes) {
  EXPECT_EQ(Settings{}.max_buffered, 256u << 20);
}

TEST(DefaultLimits, ADrainMayTakeThirtySeconds) {
  EXPECT_EQ(Settings{}.drain_timeout_ns, 30 * kSecond);
}

}  // namespace
}  // namespace weir::server
