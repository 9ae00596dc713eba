// What a server's connections hold of what they have received, whatever that is.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "http/h1/testing/crowd.h"
#include "http/h1/testing/feed.h"
#include "http/h1/testing/test_handler.h"
#include "util/testing/heap.h"

namespace weir::http::h1 {
namespace {

using testing::Feed;

// A connection's own, its request's, and a handler's.
constexpr uint64_t kEach = 5 << 10;
// As much of a connection that nobody has sent anything to.
constexpr uint64_t kIdle = 3 << 10;
// How many times as much as was received may be held besides.
constexpr uint64_t kTimes = 10;

// Reads a request's content to its end, and keeps its trailers for ever.
class Keeper final : public Handler {
 public:
  io::Task<Result<Response, ErrorCode>> handle(Request request, Exchange& exchange) override {
    Fields trailers;
    io::Wakeup wake(exchange.loop());
    while (true) {
      Body::Frame frame = request.body->poll(64 << 10, &wake);
      if (frame.state == Body::State::trailers) trailers = std::move(frame.trailers);
      if (frame.state == Body::State::error) co_return Err(*frame.error);
      if (frame.state == Body::State::end || frame.state == Body::State::pending) co_await wake;
    }
  }
};

struct Held {
  uint64_t each = 0;
  uint64_t received = 0;
};

// What one of many connections holds once each peer has sent what it can of `bytes`.
Held hold(std::string_view bytes, Handler& handler, ServerSettings settings = {},
          size_t step = SIZE_MAX, size_t takes = SIZE_MAX) {
  const size_t count = step == SIZE_MAX ? 400 : 100;
  settings.response_timeout_ns = 0;
  Crowd crowd(settings, handler);
  crowd.connections.reserve(count);
  std::vector<Feed*> feeds;
  feeds.reserve(count);
  uint64_t before = weir::testing::heap_bytes();
  for (size_t i = 0; i < count; ++i)
    feeds.push_back(&crowd.add(std::make_unique<Feed>(bytes, step, takes)));
  crowd.settle();
  crowd.empty_pool();
  uint64_t held = weir::testing::heap_bytes() - before;
  EXPECT_EQ(crowd.gone, 0);
  uint64_t received = 0;
  for (Feed* feed : feeds) received += feed->given();
  return {held / count, received / count};
}

std::string times(size_t count, std::string_view text) {
  std::string all;
  all.reserve(count * text.size());
  for (size_t i = 0; i < count; ++i) all += text;
  return all;
}

// The head of a request for `path` that announces chunks.
std::string chunked(std::string_view path) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: TE\r\nTransfer-Encoding: "
         "chunked\r\n\r\n";
}

void expect_bounded(const char* what, const Held& held) {
  ::testing::Test::RecordProperty(
      what, std::to_string(held.each) + " of " + std::to_string(held.received));
  EXPECT_LE(held.each, kEach + kTimes * held.received)
      << what << ": " << held.each << " bytes are held, " << held.received << " were received";
}

TEST(HeldBytes, AnIdleConnectionHoldsNoBuffer) {
  TestHandler handler;
  EXPECT_LE(hold("", handler).each, kIdle);
  // Nor does one that has been served, whatever it sent.
  std::string served =
      "GET /%" + times(7000, "a") + " HTTP/1.1\r\nHost: a\r\nX: " + times(20'000, "b") + "\r\n\r\n";
  EXPECT_LE(hold(served, handler).each, kIdle);
  const std::string trailers =
      "1\r\nx\r\n0\r\n" + times(100, "a: " + times(200, "b") + "\r\n") + "\r\n";
  for (const char* path : {"/early", "/echo", "/late"})
    EXPECT_LE(hold(chunked(path) + trailers, handler).each, kIdle) << path;
}

TEST(HeldBytes, AreBoundedForEveryHead) {
  TestHandler handler;
  const std::string get = "GET /never HTTP/1.1\r\nHost: a\r\n";
  expect_bounded("one byte", hold("G", handler));
  expect_bounded("the shortest fields", hold(get + times(127, "a:\r\n") + "\r\n", handler));
  expect_bounded("a head that does not end", hold(get + times(100, "a:b\r\n"), handler));
  expect_bounded("long fields",
                 hold(get + times(30, "a: " + times(1000, "b") + "\r\n") + "\r\n", handler));
  expect_bounded("a long target",
                 hold("GET /never?" + times(8000, "a") + " HTTP/1.1\r\nHost: a\r\n\r\n", handler));
  expect_bounded(
      "a long authority",
      hold("GET http://" + times(8000, "a") + "/never HTTP/1.1\r\nHost: a\r\n\r\n", handler));
  expect_bounded("many options of the connection",
                 hold(get + "Connection: " + times(15'000, "a,") + "\r\n\r\n", handler));
  // A user may raise the limits.
  ServerSettings settings;
  settings.head.fields = 100'000;
  settings.head.section = 1 << 20;
  Held many = hold(get + times(20'000, "a:\r\n") + "\r\n", handler, settings);
  EXPECT_LE(many.each, kTimes * many.received);
  // One more than fits exactly where lists double.
  many = hold(get + times((1 << 14) + 1, "a:\r\n") + "\r\n", handler, settings);
  EXPECT_LE(many.each, kTimes * many.received);
}

TEST(HeldBytes, AreBoundedForContentThatNobodyReads) {
  TestHandler handler;
  expect_bounded("content of a known length",
                 hold("POST /never HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" +
                          times(1000, times(100, "x")),
                      handler));
  expect_bounded("chunks of a byte",
                 hold(chunked("/never") + times(20'000, "1\r\nx\r\n"), handler));
  expect_bounded("chunks of a byte with extensions",
                 hold(chunked("/never") + times(10'000, "1;a=b\r\nx\r\n"), handler));
  expect_bounded("requests behind one that waits",
                 hold("GET /never HTTP/1.1\r\nHost: a\r\n\r\n" +
                          times(5000, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
                      handler));
  expect_bounded("requests whose answers nobody reads",
                 hold(times(5000, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), handler, {}, SIZE_MAX, 0));
}

TEST(HeldBytes, AreBoundedForContentThatIsRead) {
  Keeper keeper;
  expect_bounded("the shortest trailers",
                 hold(chunked("/") + "1\r\nx\r\n0\r\n" + times(65, "a:\r\n") + "\r\n", keeper));
  expect_bounded("trailers that do not end",
                 hold(chunked("/") + "0\r\n" + times(127, "a:\r\n"), keeper));
  expect_bounded("an extension that does not end",
                 hold(chunked("/") + "1;" + times(200, "a"), keeper));
}

TEST(HeldBytes, WaitingForContentHoldsNoBuffer) {
  Keeper keeper;
  // A request and its handler's frame.
  const uint64_t own = hold("", keeper).each + 1280;
  // However it comes.
  for (size_t step : {size_t{1}, SIZE_MAX}) {
    for (const std::string& content :
         {chunked("/") + times(300, "1\r\nx\r\n"), chunked("/") + times(300, "1;a=b\r\nx\r\n"),
          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" +
              times(step == 1 ? 1000 : 300'000, "x")})
      EXPECT_LE(hold(content, keeper, {}, step).each, own) << content.substr(0, 80);
  }
}

TEST(HeldBytes, AreBoundedForContentThatGoesBackToOneWhoDoesNotRead) {
  TestHandler handler;
  // A byte of a chunk that has no end makes a chunk of the answer.
  for (size_t takes : {0, 1000}) {
    expect_bounded("an echo of bytes",
                   hold(chunked("/echo") + "ffffff\r\n" + times(5600, "x"), handler, {}, 1, takes));
    expect_bounded("an echo of chunks of a byte",
                   hold(chunked("/echo") + times(1000, "1\r\nx\r\n"), handler, {}, 1, takes));
    expect_bounded(
        "an echo of chunks of a byte at once",
        hold(chunked("/echo") + times(20'000, "1\r\nx\r\n"), handler, {}, SIZE_MAX, takes));
    expect_bounded("an echo of trailers",
                   hold(chunked("/echo") + "1\r\nx\r\n0\r\n" + times(127, "a:\r\n") + "\r\n",
                        handler, {}, SIZE_MAX, takes));
  }
}

TEST(HeldBytes, AreBoundedInTheQueue) {
  TestHandler handler;
  ServerSettings settings;
  settings.queue_timeout_ns = 1'000'000'000'000;
  settings.response_timeout_ns = 0;
  Crowd crowd(settings, handler);
  std::vector<Admission::Place> busy;
  while (Admission::Place place = crowd.gate.try_enter()) busy.push_back(std::move(place));
  std::string text = "GET / HTTP/1.1\r\nHost: a\r\n" + times(127, "a:\r\n") + "\r\n";
  constexpr size_t count = 400;
  crowd.connections.reserve(count);
  uint64_t before = weir::testing::heap_bytes();
  for (size_t i = 0; i < count; ++i) crowd.add(std::make_unique<Feed>(text));
  crowd.settle();
  EXPECT_EQ(crowd.gate.waiting(), count);
  expect_bounded("in the queue", {(weir::testing::heap_bytes() - before) / count, text.size()});
}

}  // namespace
}  // namespace weir::http::h1
