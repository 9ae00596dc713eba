#include "wasi/http/message_rules.h"

#include <gtest/gtest.h>

namespace weir::wasi {
namespace {

TEST(Authority, IsAHostWithUserAndPortIfAny) {
  for (std::string_view good :
       {"host", "example.com", "example.com:443", "user@example.com", "user:pass@example.com:1",
        "127.0.0.1", "127.0.0.1:0", "[::]", "[::]:443", "[::1]:65535", "[::ffff:192.0.2.1]",
        "a%20b", "localhost:99", "under_score", "[v1.x:y]"}) {
    EXPECT_TRUE(is_authority(good)) << good;
  }
  for (std::string_view bad : {"",
                               " ",
                               "#",
                               "::",
                               ":@",
                               "@@",
                               "@:",
                               "user@",
                               "user@:1",
                               "localhost:what",
                               "bad-port:99999",
                               "localhost:65536",
                               "host:",
                               "host:-1",
                               "host:+1",
                               "too-many-ports:80:80:80",
                               "bad-\nhost",
                               "a b",
                               "a/b",
                               "a?b",
                               "a\\b",
                               "[::",
                               "[]",
                               "[::]x",
                               "[::]:",
                               "[gg::]",
                               "%zz",
                               "a%2",
                               "\xc3\xa9",
                               "a@b@c",
                               "<host>"}) {
    EXPECT_FALSE(is_authority(bad)) << bad;
  }
}

TEST(Scheme, StartsWithALetter) {
  for (std::string_view good : {"h", "http", "HTTPS", "a+b-c.1", "ws"}) {
    EXPECT_TRUE(is_scheme(good)) << good;
  }
  for (std::string_view bad : {"", "1a", "+a", "bad\nscheme", "a:", "a/b", "\xc3\xa9"}) {
    EXPECT_FALSE(is_scheme(bad)) << bad;
  }
}

TEST(PathWithQuery, IsKeptByteForByteUnlessItHoldsControlsOrSpace) {
  for (std::string_view good : {"", "/", "/a/b?c=d&c=d", "?foo", "a/b/c", "../..", "/%2F%zz", "*",
                                "/\xc3\xa9\xff", "/a?b?c", "//host/x"}) {
    EXPECT_TRUE(is_path_with_query(good)) << good;
  }
  for (std::string_view bad : {"/a b", "/\n", "/\r", "/a\x7f", "\t", "/a#b"}) {
    EXPECT_FALSE(is_path_with_query(bad)) << bad;
  }
  EXPECT_FALSE(is_path_with_query(std::string_view("/\0", 2)));
  EXPECT_TRUE(is_path_with_query("/" + std::string(1 << 20, 'a')));
}

TEST(OriginForm, StandsForNoOtherHost) {
  EXPECT_EQ(origin_form("GET", std::nullopt), "/");
  EXPECT_EQ(origin_form("GET", ""), "/");
  EXPECT_EQ(origin_form("GET", "?a=b"), "/?a=b");
  EXPECT_EQ(origin_form("GET", "/a/%2F?x=1&x=1"), "/a/%2F?x=1&x=1");
  EXPECT_EQ(origin_form("OPTIONS", ""), "*");
  EXPECT_EQ(origin_form("OPTIONS", "*"), "*");
  EXPECT_EQ(origin_form("OPTIONS", std::nullopt), "/");
  EXPECT_EQ(origin_form("GET", "*"), std::nullopt);
  EXPECT_EQ(origin_form("GET", "a/b"), std::nullopt);
  EXPECT_EQ(origin_form("GET", "http://elsewhere/"), std::nullopt);
  EXPECT_EQ(origin_form("GET", "@elsewhere/"), std::nullopt);
  EXPECT_EQ(origin_form("GET", ":80/"), std::nullopt);
}

TEST(Userinfo, StaysOffTheWire) {
  EXPECT_EQ(without_userinfo("user:pass@host:1"), "host:1");
  EXPECT_EQ(without_userinfo("host:1"), "host:1");
}

}  // namespace
}  // namespace weir::wasi
