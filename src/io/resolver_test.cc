#include "io/resolver.h"

#include <gtest/gtest.h>

#include "io/testing/name_server.h"

namespace weir::io {
namespace {

using Answer = Result<Resolver::Addresses, ResolveError>;
using testing::NameServer;

struct Client {
  explicit Client(const NameServer* server = nullptr) {
    ResolverOptions options;
    options.timeout_ns = 50'000'000;
    options.tries = 2;
    if (server) options.servers = server->address();
    auto made = Resolver::create(loop, options);
    EXPECT_TRUE(made.ok());
    resolver = std::move(*made);
  }
  Answer look_up(std::string host, uint16_t port = 80) {
    std::optional<Answer> result;
    auto task = [](Client& self, std::string name, uint16_t number,
                   std::optional<Answer>& out) -> Task<void> {
      out.emplace(co_await self.resolver->resolve(std::move(name), number));
      self.loop.stop();
    }(*this, std::move(host), port, result);
    task.start();
    loop.run();
    return std::move(*result);
  }
  Loop loop;
  std::unique_ptr<Resolver> resolver;
};

TEST(Resolver, TakesLiteralsAsTheyAre) {
  Client client;
  auto four = client.look_up("192.0.2.7", 81);
  ASSERT_TRUE(four.ok());
  EXPECT_EQ(four->front().to_string(), "192.0.2.7:81");
  auto six = client.look_up("2001:db8::1", 443);
  ASSERT_TRUE(six.ok());
  EXPECT_EQ(six->front().to_string(), "[2001:db8::1]:443");
}

TEST(Resolver, KnowsLocalhostWithoutAServer) {
  NameServer server([](const std::string&) { return NameServer::Reply{3, {}}; });
  Client client(&server);
  auto found = client.look_up("localhost", 8080);
  ASSERT_TRUE(found.ok()) << found.error().rcode;
  for (const SocketAddress& each : *found) {
    EXPECT_EQ(each.port(), 8080);
    EXPECT_TRUE(each.ip() == "127.0.0.1" || each.ip() == "::1") << each.ip();
  }
  EXPECT_EQ(server.questions(), 0);
}

TEST(Resolver, AsksTheServerAndKeepsTheAnswerForItsTimeToLive) {
  NameServer server([](const std::string& name) {
    EXPECT_EQ(name, "www.example.com");
    return NameServer::Reply{0, {0x01020304, 0x05060708}, 60};
  });
  Client client(&server);
  auto found = client.look_up("www.example.com", 80);
  ASSERT_TRUE(found.ok()) << found.error().rcode;
  EXPECT_EQ(found->size(), 2u);
  int asked = server.questions();
  EXPECT_GT(asked, 0);
  auto again = client.look_up("www.example.com", 81);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->front().port(), 81);
  EXPECT_EQ(server.questions(), asked);
  client.loop.advance_clock(61'000'000'000);
  client.loop.run_once();
  EXPECT_TRUE(client.look_up("www.example.com").ok());
  EXPECT_GT(server.questions(), asked);
}

TEST(Resolver, SaysWhyThereIsNoAddress) {
  NameServer server([](const std::string& name) {
    if (name.starts_with("none")) return NameServer::Reply{3, {}};
    if (name.starts_with("empty")) return NameServer::Reply{0, {}};
    return NameServer::Reply{0, {}, 0, true};
  });
  Client client(&server);
  auto none = client.look_up("none.example.com.");
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().rcode, "NXDOMAIN");
  EXPECT_FALSE(none.error().timed_out);
  auto empty = client.look_up("empty.example.com.");
  ASSERT_FALSE(empty.ok());
  EXPECT_EQ(empty.error().rcode, "NODATA");
  auto silent = client.look_up("silent.example.com.");
  ASSERT_FALSE(silent.ok());
  EXPECT_TRUE(silent.error().timed_out) << silent.error().rcode;
  auto invalid = client.look_up(std::string(300, 'a'));
  EXPECT_FALSE(invalid.ok());
}

TEST(Resolver, GivesUpALookUpWhoseTaskIsDestroyed) {
  NameServer server([](const std::string&) { return NameServer::Reply{0, {}, 0, true}; });
  Client client(&server);
  {
    auto task = client.resolver->resolve("silent.example.com", 80);
    task.start();
    client.loop.run_once();
    EXPECT_FALSE(task.done());
  }
  // The answer that comes to nobody, and the end of a resolver with a question under way.
  EXPECT_FALSE(client.look_up("silent.example.com").ok());
  auto task = client.resolver->resolve("silent.example.org", 80);
  task.start();
  task = {};
}

}  // namespace
}  // namespace weir::io
