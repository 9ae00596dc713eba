#include "http/egress.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

namespace weir::http {
namespace {

using Grant = EgressPolicy::Grant;

EgressPolicy policy(std::initializer_list<std::string> patterns) {
  std::vector<std::string> list(patterns);
  auto parsed = EgressPolicy::parse(list);
  EXPECT_TRUE(parsed.ok()) << (parsed.ok() ? "" : parsed.error().message);
  return parsed.ok() ? *parsed : EgressPolicy();
}

struct Address {
  explicit Address(const char* text) {
    auto* four = reinterpret_cast<sockaddr_in*>(&storage);
    auto* six = reinterpret_cast<sockaddr_in6*>(&storage);
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1)
      storage.ss_family = AF_INET;
    else if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1)
      storage.ss_family = AF_INET6;
    else
      ADD_FAILURE() << text;
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr_storage storage{};
};

TEST(Egress, DeniesEverythingUntilAPatternGrantsIt) {
  EXPECT_EQ(EgressPolicy().check_name("http", "example.com", 80), Grant::denied);
  EXPECT_EQ(policy({"private"}).check_name("http", "127.0.0.1", 80), Grant::denied);
  EXPECT_FALSE(EgressPolicy::check_address(Grant::denied, Address("1.1.1.1").get()));
}

TEST(Egress, MatchesNamesAsThePatternsSay) {
  struct Case {
    const char* pattern;
    const char* scheme;
    const char* host;
    uint16_t port;
    bool allowed;
  };
  const Case cases[] = {
      {"example.com", "http", "example.com", 80, true},
      {"example.com", "https", "example.com", 443, true},
      {"example.com", "http", "example.com", 8080, false},
      {"example.com", "http", "EXAMPLE.com.", 80, true},
      {"Example.COM.", "http", "example.com", 80, true},
      {"example.com", "http", "www.example.com", 80, false},
      {"example.com", "http", "badexample.com", 80, false},
      {"example.com:8080", "http", "example.com", 8080, true},
      {"example.com:8080", "http", "example.com", 80, false},
      {"example.com:*", "http", "example.com", 1, true},
      {"https://example.com", "https", "example.com", 443, true},
      {"https://example.com", "http", "example.com", 443, false},
      {"https://example.com", "https", "example.com", 80, false},
      {"HTTP://example.com:81", "http", "example.com", 81, true},
      {"*.example.com", "http", "a.example.com", 80, true},
      {"*.example.com", "http", "a.b.example.com", 80, true},
      {"*.example.com", "http", "example.com", 80, false},
      {"*.example.com", "http", ".example.com", 80, false},
      {"*.example.com", "http", "badexample.com", 80, false},
      {"*", "http", "anything.at.all", 80, true},
      {"*", "http", "anything.at.all", 8080, false},
      {"*:*", "http", "anything.at.all", 8080, true},
      {"http://*", "http", "a", 80, true},
      {"http://*", "https", "a", 443, false},
      {"[::1]:8080", "http", "[::1]", 8080, true},
      {"[::1]:8080", "http", "[0:0::0:1]", 8080, true},
      {"[::1]:8080", "http", "[::2]", 8080, false},
      {"127.0.0.1:8080", "http", "127.0.0.1", 8080, true},
      {"127.0.0.1:8080", "http", "[::ffff:127.0.0.1]", 8080, true},
      {"127.0.0.1:8080", "http", "127.0.0.2", 8080, false},
      {"*.0.0.1:*", "http", "127.0.0.1", 80, false},
  };
  for (const Case& c : cases) {
    Grant grant = policy({c.pattern}).check_name(c.scheme, c.host, c.port);
    EXPECT_EQ(grant != Grant::denied, c.allowed)
        << c.pattern << " against " << c.scheme << "://" << c.host << ":" << c.port;
  }
}

TEST(Egress, SaysWhatIsWrongWithAPattern) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "no host"},
      {"ftp://a", "scheme"},
      {"http://", "no host"},
      {"a:0", "port"},
      {"a:65536", "port"},
      {"a:", "port"},
      {"a:80x", "port"},
      {"::1", "brackets"},
      {"[::1", "bracket"},
      {"[::1]x", "after"},
      {"[a]", "IPv6"},
      {"10.0.0.0/8", "prefix"},
      {"http://a/path", "path"},
      {"u@a", "user"},
      {"a*.b", "`*`"},
      {"a.*", "`*`"},
      {"a b", "malformed"},
      {"a..b", "malformed"},
      {"*.127.0.0.1", "address"},
      {"Private", ""},
  };
  for (auto [pattern, why] : cases) {
    EgressPolicy policy;
    auto added = policy.allow(pattern);
    if (*why == '\0') {
      EXPECT_TRUE(added.ok()) << pattern;
      continue;
    }
    ASSERT_FALSE(added.ok()) << pattern;
    EXPECT_NE(added.error().message.find(why), std::string::npos) << added.error().message;
  }
}

TEST(Egress, KnowsThePrivateAddresses) {
  const char* hidden[] = {
      "0.0.0.0",
      "0.1.2.3",
      "10.0.0.0",
      "10.255.255.255",
      "100.64.0.0",
      "100.127.255.255",
      "127.0.0.1",
      "127.255.255.255",
      "169.254.0.1",
      "169.254.169.254",
      "172.16.0.0",
      "172.31.255.255",
      "192.168.0.0",
      "192.168.255.255",
      "192.0.0.192",
      "198.18.0.1",
      "198.19.255.255",
      "224.0.0.1",
      "239.255.255.255",
      "240.0.0.1",
      "255.255.255.255",
      "168.63.129.16",
      "::",
      "::1",
      "::127.0.0.1",
      "::ffff:127.0.0.1",
      "::ffff:10.1.2.3",
      "::ffff:169.254.169.254",
      "::ffff:0.0.0.0",
      "64:ff9b::a00:1",
      "::ffff:0:10.1.2.3",
      "::ffff:0:127.0.0.1",
      "64:ff9b::7f00:1",
      "64:ff9b::a9fe:a9fe",
      "64:ff9b:1::1",
      "2002:a00:1::",
      "2002:7f00:1::1",
      "2001:0:1::1",
      "fe80::1",
      "febf::1",
      "fec0::1",
      "fc00::1",
      "fd00:ec2::254",
      "fdff::1",
      "ff02::1",
      "ff0e::1",
      "100::1",
  };
  for (const char* text : hidden) {
    EXPECT_TRUE(is_private_address(Address(text).get())) << text;
    EXPECT_FALSE(EgressPolicy::check_address(Grant::public_addresses, Address(text).get())) << text;
    EXPECT_TRUE(EgressPolicy::check_address(Grant::any_address, Address(text).get())) << text;
  }
  const char* open[] = {
      "1.1.1.1",
      "9.255.255.255",
      "11.0.0.0",
      "100.63.255.255",
      "100.128.0.0",
      "126.1.1.1",
      "128.0.0.1",
      "169.253.1.1",
      "169.255.1.1",
      "172.15.255.255",
      "172.32.0.0",
      "192.167.1.1",
      "192.169.0.0",
      "192.0.1.1",
      "203.0.113.12",
      "198.17.0.1",
      "198.20.0.0",
      "223.255.255.255",
      "168.63.129.17",
      "::ffff:8.8.8.8",
      "64:ff9b::808:808",
      "::ffff:0:8.8.8.8",
      "2002:808:808::",
      "2606:4700::1111",
      "2001:4860:4860::8888",
      "2001:db8::1",
  };
  for (const char* text : open) EXPECT_FALSE(is_private_address(Address(text).get())) << text;
}

TEST(Egress, LetsNamedPrivateAddressesAndLocalhostThroughAndNoOtherName) {
  EXPECT_EQ(policy({"10.0.0.1"}).check_name("http", "10.0.0.1", 80), Grant::any_address);
  EXPECT_EQ(policy({"[fd00::1]"}).check_name("http", "[fd00::1]", 80), Grant::any_address);
  EXPECT_EQ(policy({"*"}).check_name("http", "10.0.0.1", 80), Grant::public_addresses);
  EXPECT_EQ(policy({"internal"}).check_name("http", "internal", 80), Grant::public_addresses);
  EXPECT_EQ(policy({"internal", "private"}).check_name("http", "internal", 80), Grant::any_address);
  EXPECT_EQ(policy({"private", "*"}).check_name("http", "127.0.0.1", 80), Grant::any_address);
  EXPECT_EQ(policy({"*"}).check_name("http", "localhost", 80), Grant::public_addresses);
  EXPECT_EQ(policy({"*", "localhost"}).check_name("http", "localhost", 80), Grant::loopback_too);
  EXPECT_TRUE(EgressPolicy::check_address(Grant::loopback_too, Address("127.0.0.1").get()));
  EXPECT_TRUE(EgressPolicy::check_address(Grant::loopback_too, Address("::1").get()));
  EXPECT_FALSE(EgressPolicy::check_address(Grant::loopback_too, Address("10.0.0.1").get()));
  EXPECT_FALSE(EgressPolicy::check_address(Grant::public_addresses, Address("127.0.0.1").get()));
}

}  // namespace
}  // namespace weir::http
