// What becomes of a request whose server's name cannot be looked up.

#include <gtest/gtest.h>

#include "http/client/testing/upstream.h"
#include "io/testing/name_server.h"

namespace weir::http::client {
namespace {

using namespace testing;
using io::testing::NameServer;

ClientOptions asking(const NameServer& server) {
  ClientOptions options;
  options.resolver.servers = server.address();
  options.resolver.timeout_ns = 50'000'000;
  options.resolver.tries = 2;
  return options;
}

TEST(ClientDns, ReachesAServerByItsName) {
  RawServer server(serve_hello);
  NameServer names([](const std::string& name) {
    EXPECT_EQ(name, "www.example.test");
    return NameServer::Reply{0, {0x7f000001}};
  });
  Upstream up({"www.example.test:*", "private"}, asking(names));
  auto answer = up.get("www.example.test:" + std::to_string(server.port()));
  ASSERT_TRUE(answer.ok()) << answer.error().describe();
  EXPECT_EQ(up.read(*answer->body).data, "hello");
}

TEST(ClientDns, SaysWhyThereIsNoAddressWithoutAnInfoCode) {
  const std::pair<NameServer::Reply, const char*> answers[] = {
      {{1, {}}, "FORMERR"},  {{2, {}}, "SERVFAIL"}, {{3, {}}, "NXDOMAIN"},
      {{4, {}}, "SERVFAIL"}, {{5, {}}, "SERVFAIL"}, {{0, {}}, "NODATA"},
  };
  for (const auto& [reply, rcode] : answers) {
    NameServer names([&](const std::string&) { return reply; });
    Upstream up({"*"}, asking(names));
    auto answer = up.get("www.example.test");
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error(), ErrorCode(Kind::dns_error, std::string(rcode)))
        << answer.error().describe();
    EXPECT_FALSE(answer.error().number());
  }
}

TEST(ClientDns, TellsANameServerThatSaysNothingFromOneThatKnowsNothing) {
  NameServer names([](const std::string&) { return NameServer::Reply{0, {}, 0, true}; });
  Upstream up({"*"}, asking(names));
  auto answer = up.get("www.example.test");
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error(), ErrorCode(Kind::dns_timeout));
}

}  // namespace
}  // namespace weir::http::client
