// What connections do when the process holds as many bytes as it may.

#include "util/byte_budget.h"

#include <gtest/gtest.h>

#include <string>

#include "http/client/testing/upstream.h"
#include "http/h1/testing/crowd.h"
#include "http/h1/testing/served.h"
#include "http/h1/testing/test_handler.h"
#include "io/memory_stream.h"
#include "tls/stream.h"
#include "tls/testing/authority.h"

namespace weir::http {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;

TEST(ByteBudget, CountsNothingSmall) {
  ByteBudget budget(100);
  BudgetShare share(budget);
  share.hold(BudgetShare::free_allowance);
  EXPECT_EQ(budget.used(), 0u);
  EXPECT_FALSE(budget.exhausted());
  share.hold(BudgetShare::free_allowance + 1);
  EXPECT_EQ(budget.used(), BudgetShare::free_allowance + 1);
  EXPECT_TRUE(budget.exhausted());
  share.hold(0);
  EXPECT_EQ(budget.used(), 0u);
}

TEST(ByteBudget, AllowsEverythingOrWhatEachMayAlwaysHold) {
  ByteBudget budget(10'000);
  BudgetShare share(budget), other(budget);
  EXPECT_EQ(share.allows(0, 65'536), 65'536u);
  EXPECT_EQ(share.allows(1'000'000, 5), 5u);
  other.hold(10'000);
  EXPECT_EQ(share.allows(0, 65'536), BudgetShare::free_allowance);
  EXPECT_EQ(share.allows(4000, 65'536), BudgetShare::free_allowance - 4000);
  EXPECT_EQ(share.allows(4000, 10), 10u);
  EXPECT_EQ(share.allows(BudgetShare::free_allowance, 1), 0u);
  EXPECT_EQ(share.allows(1'000'000, 1), 0u);
  other.hold(9'999);
  EXPECT_EQ(share.allows(1'000'000, 1), 1u);
  EXPECT_EQ(BudgetShare(nullptr).allows(1'000'000, 1), 1u);
}

std::string post(std::string_view path, size_t length) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

std::string in_chunks(std::string_view content, size_t size) {
  std::string text = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  char line[16];
  for (size_t at = 0; at < content.size(); at += size) {
    std::string_view part = content.substr(at, size);
    std::snprintf(line, sizeof line, "%zx\r\n", part.size());
    text.append(line).append(part).append("\r\n");
  }
  return text + "0\r\n\r\n";
}

std::string pattern(size_t size) {
  std::string text(size, 0);
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 23);
  return text;
}

TEST(ByteBudget, StopsReadingOfContentThatNobodyAsksForAtWhatEachMayHold) {
  const std::string text = post("/never", 1'000'000) + pattern(200'000);
  h1::TestHandler handler;
  for (bool used_up : {false, true}) {
    h1::Crowd crowd({}, handler);
    BudgetShare all(crowd.bytes);
    if (used_up) all.hold(uint64_t{1} << 30);
    std::vector<h1::testing::Feed*> feeds;
    for (int i = 0; i < 50; ++i)
      feeds.push_back(&crowd.add(std::make_unique<h1::testing::Feed>(text)));
    crowd.settle();
    for (h1::testing::Feed* feed : feeds) {
      if (used_up)
        EXPECT_LE(feed->given(), BudgetShare::free_allowance);
      else
        EXPECT_GT(feed->given(), 10 * BudgetShare::free_allowance);
    }
    EXPECT_EQ(handler.waiting, 50);
    crowd.connections.clear();
  }
}

TEST(ByteBudget, PausesALargeHeadOverTlsUntilThereIsRoom) {
  tls::testing::Authority authority;
  auto files = authority.issue("leaf");
  auto identity = tls::ServerContext::load({.pairs = {{files.certificate, files.key}}});
  auto trust = tls::ClientContext::load({.system_roots = false, .ca_files = {authority.file()}});
  ASSERT_TRUE(identity.ok() && trust.ok());
  constexpr size_t record = 16 << 10, pipe = 4096;
  const std::string text = "GET / HTTP/1.1\r\nHost: a\r\nX: " + pattern(30'000) + "\r\n\r\n";
  h1::TestHandler handler;
  h1::Crowd crowd({}, handler);
  std::optional<BudgetShare> all(crowd.bytes);
  all->hold(uint64_t{1} << 30);
  auto [near, far] = io::memory_stream_pair(pipe);
  auto server =
      tls::Stream::server(crowd.loop, std::move(far), *identity, 10 * kSecond, &crowd.bytes);
  auto client = tls::Stream::client(crowd.loop, std::move(near), *trust, "localhost", nullptr, "");
  crowd.connections.push_back(std::make_unique<h1::ServerConnection>(
      crowd.loop, std::move(server), handler, crowd.settings, crowd,
      h1::ServerConnection::Endpoints{"192.0.2.1:1", "192.0.2.2:2", true}));
  crowd.connections.back()->start();
  size_t sent = 0;
  auto turns = [&] {
    for (int turn = 0; turn < 1000; ++turn) {
      if (sent < text.size()) {
        iovec rest{const_cast<char*>(text.data()) + sent, text.size() - sent};
        sent += client->write({&rest, 1}, nullptr).bytes;
      }
      crowd.loop.run_once();
    }
  };
  turns();
  EXPECT_LT(sent, text.size());
  EXPECT_TRUE(crowd.statuses.empty());
  // What everybody may have, and the record that it came with.
  EXPECT_LE(crowd.bytes.used(), (uint64_t{1} << 30) + record + 2 * pipe);
  all.reset();
  crowd.loop.advance_clock(kSecond);
  turns();
  EXPECT_EQ(crowd.statuses[200], 1);
}

TEST(ByteBudget, LetsEverybodyGoOnWithLittleOnceItIsUsedUp) {
  const std::string content = pattern(300'000);
  for (const std::string& text : {post("/echo", content.size()) + content, in_chunks(content, 1),
                                  in_chunks(content, 100'000)}) {
    h1::Served served;
    BudgetShare all(served.bytes);
    all.hold(64 << 20);
    served.send(text);
    ASSERT_EQ(served.statuses({"POST"}), "200 open");
    EXPECT_EQ(served.replies()[0].content, content);
    served.send("GET /zeros/1000000 HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(served.statuses({"POST"}), "200 200 open");
  }
}

TEST(ByteBudget, GathersLittleForAClientThatDoesNotReadOnceItIsUsedUp) {
  const std::string text = "GET /zeros/100000000 HTTP/1.1\r\nHost: a\r\n\r\n";
  h1::TestHandler handler;
  h1::Crowd crowd({}, handler);
  BudgetShare all(crowd.bytes);
  all.hold(uint64_t{1} << 30);
  for (int i = 0; i < 50; ++i)
    crowd.add(std::make_unique<h1::testing::Feed>(text, SIZE_MAX, 100'000));
  crowd.settle();
  // Each holds a head and a piece of content.
  EXPECT_LE(crowd.bytes.used(), (uint64_t{1} << 30) + 50 * (2 * BudgetShare::free_allowance));
}

TEST(ByteBudget, PausesAHeadThatIsLargerThanWhatEachMayHoldUntilThereIsRoom) {
  h1::Served served;
  std::optional<BudgetShare> all(served.bytes);
  all->hold(64 << 20);
  served.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + pattern(20'000) + "\r\n\r\n");
  EXPECT_EQ(served.statuses(), "open");
  all.reset();
  served.wait(kSecond);
  EXPECT_EQ(served.statuses(), "200 open");
}

TEST(ByteBudget, RefusesAHeadThatWaitsForRoomForTooLong) {
  h1::Served served;
  BudgetShare all(served.bytes);
  all.hold(64 << 20);
  served.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + pattern(20'000) + "\r\n\r\n");
  served.wait(11 * kSecond);
  EXPECT_EQ(served.statuses(), "408 close");
}

TEST(ByteBudget, LetsAClientGoOnWithLittleOnceItIsUsedUp) {
  using namespace client::testing;
  const std::string content = pattern(300'000);
  std::string head = "HTTP/1.1 200 OK\r\nX: " + pattern(30'000) + "\r\nContent-Length: ";
  RawServer server([&](RawPeer& peer, int) {
    peer.read_head();
    peer.send(head + std::to_string(content.size()) + "\r\n\r\n" + content);
    peer.read_head();
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n493e0\r\n" + content +
              "\r\n0\r\n\r\n");
  });
  ByteBudget budget(10'000);
  BudgetShare all(budget);
  all.hold(10'000);
  client::ClientOptions options;
  options.budget = &budget;
  Upstream up({"127.0.0.1:*"}, options);
  for (int i = 0; i < 2; ++i) {
    auto answer = up.get(server.authority());
    ASSERT_TRUE(answer.ok()) << answer.error().describe();
    Content got = up.read(*answer->body);
    EXPECT_FALSE(got.error);
    EXPECT_EQ(got.data, content);
  }
}

}  // namespace
}  // namespace weir::http
