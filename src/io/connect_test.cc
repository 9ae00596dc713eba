#include "io/connect.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace weir::io {
namespace {

SocketAddress address(const char* text, uint16_t port) {
  return *SocketAddress::parse_ip(text, port);
}

// A port of 127.0.0.1 that listens, or that nobody listens on.
struct Port {
  explicit Port(bool listening) : fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    SocketAddress any = address("127.0.0.1", 0);
    EXPECT_EQ(::bind(fd.get(), any.data(), any.size()), 0);
    if (listening) EXPECT_EQ(::listen(fd.get(), 8), 0);
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    EXPECT_EQ(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&bound), &size), 0);
    number = ntohs(bound.sin_port);
  }
  Fd fd;
  uint16_t number = 0;
};

using Connected = Result<std::unique_ptr<SocketStream>, int>;

Connected run(std::vector<SocketAddress> addresses, uint64_t timeout_ns = 10'000'000'000) {
  Loop loop;
  std::optional<Connected> result;
  auto task = [](Loop& on, std::vector<SocketAddress> to, uint64_t timeout,
                 std::optional<Connected>& out) -> Task<void> {
    out.emplace(co_await connect(on, std::move(to), timeout));
    if (out->ok()) {
      // The stream belongs to the loop, which ends here.
      out.emplace(std::unique_ptr<SocketStream>());
    }
    on.stop();
  }(loop, std::move(addresses), timeout_ns, result);
  task.start();
  if (!task.done()) loop.run();
  return std::move(*result);
}

TEST(Connect, ReachesAListener) {
  Port port(true);
  EXPECT_TRUE(run({address("127.0.0.1", port.number)}).ok());
}

TEST(Connect, SaysThatNobodyListens) {
  Port port(false);
  auto result = run({address("127.0.0.1", port.number)});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error(), ECONNREFUSED);
}

TEST(Connect, GoesOnToTheNextAddressWhenOneFails) {
  Port closed(false), open(true);
  EXPECT_TRUE(run({address("127.0.0.1", closed.number), address("127.0.0.1", open.number)}).ok());
}

TEST(Connect, TakesTurnsBetweenFamilies) {
  auto order = interleaved({address("::1", 1), address("::1", 2), address("127.0.0.1", 3),
                            address("::1", 4), address("127.0.0.1", 5)});
  std::vector<uint16_t> ports;
  for (const SocketAddress& each : order) ports.push_back(each.port());
  EXPECT_EQ(ports, (std::vector<uint16_t>{1, 3, 2, 5, 4}));
}

// Fills the queue of a listener that accepts nothing, so that later connections wait.
struct Full {
  Full() : fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    SocketAddress any = address("127.0.0.1", 0);
    EXPECT_EQ(::bind(fd.get(), any.data(), any.size()), 0);
    EXPECT_EQ(::listen(fd.get(), 0), 0);
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&bound), &size);
    number = ntohs(bound.sin_port);
    SocketAddress to = address("127.0.0.1", number);
    for (int i = 0; i < 8; ++i) {
      others.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      ::connect(others.back().get(), to.data(), to.size());
    }
  }
  Fd fd;
  std::vector<Fd> others;
  uint16_t number = 0;
};

TEST(Connect, GivesUpAtItsTimeout) {
  Full full;
  auto result = run({address("127.0.0.1", full.number)}, 50'000'000);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error(), ETIMEDOUT);
}

TEST(Connect, TriesTheNextAddressWhileOneIsSilent) {
  Full full;
  Port open(true);
  EXPECT_TRUE(run({address("127.0.0.1", full.number), address("127.0.0.1", open.number)}).ok());
}

TEST(Connect, WithdrawsWhenItsTaskIsDestroyed) {
  Full full;
  Loop loop;
  {
    auto task =
        connect(loop, {address("127.0.0.1", full.number), address("127.0.0.1", full.number)},
                10'000'000'000);
    task.start();
    loop.run_once();
    EXPECT_FALSE(task.done());
  }
  loop.run_once();
}

}  // namespace
}  // namespace weir::io
