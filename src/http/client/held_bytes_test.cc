// What a client's connections hold of what servers have sent, whatever that is.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "http/client/connection.h"
#include "http/client/testing/upstream.h"
#include "http/h1/testing/crowd.h"
#include "io/wakeup.h"
#include "util/testing/heap.h"

namespace weir::http::client {
namespace {

using h1::testing::Feed;

// A connection's own, and its request's.
constexpr uint64_t kEach = 4 << 10;
// How many times as much as was received may be held besides.
constexpr uint64_t kTimes = 10;
constexpr uint64_t kLong = 1'000'000'000'000;

std::string times(size_t count, std::string_view text) {
  std::string all;
  all.reserve(count * text.size());
  for (size_t i = 0; i < count; ++i) all += text;
  return all;
}

struct Held {
  uint64_t each = 0, received = 0;
};

void expect_bounded(const char* what, const Held& held) {
  ::testing::Test::RecordProperty(
      what, std::to_string(held.each) + " of " + std::to_string(held.received));
  EXPECT_LE(held.each, kEach + kTimes * held.received)
      << what << ": " << held.each << " bytes are held, " << held.received << " were received";
}

// A request whose response comes from a feed.
class Fetch final : public Waiter {
 public:
  Fetch(io::Loop& loop, const std::shared_ptr<Buffers>& buffers, std::unique_ptr<Feed> from,
        bool reads)
      : Waiter(loop),
        feed(*from),
        connection(loop, Connection::Made{std::move(from), nullptr, {}, "key"}, {}, buffers,
                   nullptr),
        reads_(reads) {
    Request request = testing::Upstream::request("a.test");
    auto to = destination_of(request);
    EXPECT_TRUE(to.ok());
    connection.send(*to, request, {kLong, kLong, kLong}, *this);
  }
  ~Fetch() override { cancel(); }
  // Reads content away as it comes, and keeps the trailers.
  void fire() override {
    while (reads_ && connection.state() == Connection::State::content) {
      Body::Frame frame;
      connection.poll(64 << 10, {}, frame, this);
      if (frame.state == Body::State::trailers) trailers = std::move(frame.trailers);
      if (frame.state != Body::State::data) return;
    }
  }

  Feed& feed;
  Connection connection;
  Fields trailers;

 private:
  const bool reads_;
};

Held hold(std::string_view bytes, bool reads = false, size_t step = SIZE_MAX) {
  constexpr size_t count = 200;
  io::Loop loop;
  auto buffers = std::make_shared<Buffers>(nullptr);
  std::vector<std::unique_ptr<Fetch>> all;
  all.reserve(count);
  uint64_t before = weir::testing::heap_bytes();
  for (size_t i = 0; i < count; ++i)
    all.push_back(
        std::make_unique<Fetch>(loop, buffers, std::make_unique<Feed>(bytes, step), reads));
  for (int quiet = 0; quiet < 3;) {
    loop.run_once();
    quiet = loop.backend_timeout() == 0 ? 0 : quiet + 1;
  }
  // What the client keeps for everybody is not any connection's.
  for (int i = 0; i < 100; ++i) buffers->pool.take();
  uint64_t held = weir::testing::heap_bytes() - before, received = 0;
  for (auto& each : all) {
    EXPECT_NE(each->connection.state(), Connection::State::failed);
    received += each->feed.given();
  }
  return {held / count, received / count};
}

const std::string ok = "HTTP/1.1 200 OK\r\n";
const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";

TEST(HeldBytesOfClient, AreBoundedForEveryHead) {
  expect_bounded("nothing", hold(""));
  expect_bounded("a byte", hold("H"));
  expect_bounded("the shortest fields", hold(ok + times(255, "a:\r\n") + "\r\n"));
  expect_bounded("a head that does not end", hold(ok + times(255, "a:\r\n")));
  expect_bounded("long fields", hold(ok + times(60, "a: " + times(1000, "b") + "\r\n") + "\r\n"));
  // Without the connection's own, so that many small ones show.
  const uint64_t own = hold("").each;
  const Held interim = hold(times(64, "HTTP/1.1 103 \r\n\r\n"));
  EXPECT_LE(interim.each - own, kTimes * interim.received);
  const Held hints = hold(times(64, "HTTP/1.1 103 \r\na:\r\n\r\n"));
  EXPECT_LE(hints.each - own, kTimes * hints.received);
}

TEST(HeldBytesOfClient, AreBoundedForContentThatNobodyReads) {
  expect_bounded("chunks of a byte", hold(chunked + times(20'000, "1\r\nx\r\n")));
  expect_bounded("chunks of a byte with extensions",
                 hold(chunked + times(20'000, "1;a=b\r\nx\r\n")));
  expect_bounded("content to the end", hold(ok + "\r\n" + times(100'000, "x")));
}

TEST(HeldBytesOfClient, AreBoundedForContentThatIsRead) {
  expect_bounded("the shortest trailers",
                 hold(chunked + "1\r\nx\r\n0\r\n" + times(65, "a:\r\n") + "\r\n", true));
  expect_bounded("trailers that do not end", hold(chunked + "0\r\n" + times(127, "a:\r\n"), true));
}

TEST(HeldBytesOfClient, WaitingForContentHoldsNoBuffer) {
  const uint64_t own = hold("").each;
  for (size_t step : {size_t{1}, SIZE_MAX}) {
    for (const std::string& bytes :
         {chunked + times(300, "1\r\nx\r\n"), chunked + times(300, "1;a=b\r\nx\r\n"),
          ok + "Content-Length: 10000000\r\n\r\n" + times(step == 1 ? 1000 : 100'000, "x"),
          ok + "\r\n" + times(step == 1 ? 1000 : 100'000, "x")})
      EXPECT_LE(hold(bytes, true, step).each, own + 512);
  }
}

// A response's content by way of a server's connection to a client that does not read.
class Gateway final : public Handler {
 public:
  Gateway(io::Loop*& loop, std::string_view bytes, size_t step)
      : loop_(loop), bytes_(bytes), step_(step) {}
  io::Task<Result<Response, ErrorCode>> handle(Request, Exchange&) override {
    struct Content final : Body {
      explicit Content(std::unique_ptr<Fetch> from) : fetch(std::move(from)) {}
      Frame poll(size_t max, Waiter* waiter) override {
        Frame frame;
        fetch->connection.poll(max, {}, frame, waiter);
        return frame;
      }
      void abort(ErrorCode) override {}
      std::optional<uint64_t> length() const override { return fetch->connection.content_left(); }
      std::unique_ptr<Fetch> fetch;
    };
    auto fetch =
        std::make_unique<Fetch>(*loop_, buffers_, std::make_unique<Feed>(bytes_, step_), false);
    feeds.push_back(&fetch->feed);
    io::Wakeup wake(*loop_);
    while (fetch->connection.state() == Connection::State::head) {
      wake.wake();
      co_await wake;
    }
    Response response;
    response.body = std::make_unique<Content>(std::move(fetch));
    co_return std::move(response);
  }
  std::vector<Feed*> feeds;

 private:
  io::Loop*& loop_;
  const std::string_view bytes_;
  const size_t step_;
  const std::shared_ptr<Buffers> buffers_ = std::make_shared<Buffers>(nullptr);
};

TEST(HeldBytesOfClient, AreBoundedOnTheWayToOneWhoDoesNotRead) {
  struct Case {
    std::string bytes;
    size_t step;
  };
  for (const Case& one : {Case{chunked + times(20'000, "1\r\nx\r\n"), SIZE_MAX},
                          Case{chunked + times(1000, "1\r\nx\r\n"), 1},
                          Case{chunked + "fffff\r\n" + times(5600, "x"), 1},
                          Case{ok + "\r\n" + times(5600, "x"), 1}}) {
    constexpr size_t count = 100;
    io::Loop* loop = nullptr;
    Gateway gateway(loop, one.bytes, one.step);
    gateway.feeds.reserve(count);
    h1::ServerSettings settings;
    settings.response_timeout_ns = 0;
    h1::Crowd crowd(settings, gateway);
    loop = &crowd.loop;
    crowd.connections.reserve(count);
    uint64_t before = weir::testing::heap_bytes();
    for (size_t i = 0; i < count; ++i)
      crowd.add(std::make_unique<Feed>("GET / HTTP/1.1\r\nHost: a\r\n\r\n", SIZE_MAX, 0));
    crowd.settle();
    uint64_t held = weir::testing::heap_bytes() - before, received = 0;
    for (Feed* feed : gateway.feeds) received += feed->given();
    EXPECT_EQ(gateway.feeds.size(), count);
    // Two connections.
    EXPECT_LE(held / count, 2 * kEach + kTimes * received / count) << one.bytes.substr(0, 80);
    crowd.connections.clear();
  }
}

}  // namespace
}  // namespace weir::http::client
