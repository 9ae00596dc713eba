#include "http/client/joined_tunnel.h"

#include <gtest/gtest.h>

#include "io/memory_stream.h"

namespace weir::http::client {
namespace {

constexpr uint64_t kLong = 1'000'000'000'000;
constexpr size_t kPipe = 1024;

// Takes what has come.
std::string take(io::Stream& from) {
  std::string all;
  uint8_t bytes[500];
  while (true) {
    auto result = from.read(bytes, nullptr);
    if (result.state != io::IoResult::State::done) return all;
    all.append(reinterpret_cast<char*>(bytes), result.bytes);
  }
}

TEST(JoinedTunnel, CountsWhatOneSideDoesNotTake) {
  for (bool used_up : {false, true}) {
    io::Loop loop;
    ByteBudget budget(used_up ? 10'000 : 1 << 20);
    BudgetShare others(budget);
    others.hold(10'000);
    auto [client, near] = io::memory_stream_pair(kPipe);
    auto [server, far] = io::memory_stream_pair(64 << 10);
    JoinedTunnel tunnel(loop, kLong, &budget);
    tunnel.join(std::move(far), "", nullptr);
    std::string content(60'000, 'x');
    for (size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>('a' + i % 23);
    iovec part{content.data(), content.size()};
    ASSERT_EQ(server->write({&part, 1}, nullptr).bytes, content.size());
    tunnel.open(std::move(near));
    for (int i = 0; i < 10; ++i) loop.run_once();
    if (used_up)
      EXPECT_EQ(budget.used(), 10'000u);
    else
      EXPECT_EQ(budget.used(), 10'000u + (16 << 10));
    std::string received;
    for (int i = 0; i < 1000 && received.size() < content.size(); ++i) {
      received += take(*client);
      loop.run_once();
    }
    EXPECT_TRUE(received == content);
    EXPECT_EQ(budget.used(), 10'000u);
  }
}

}  // namespace
}  // namespace weir::http::client
