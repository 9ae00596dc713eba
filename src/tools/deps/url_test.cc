#include "tools/deps/url.h"

#include <gtest/gtest.h>

namespace weir::tools::deps {
namespace {

std::string normal(std::string_view text) {
  auto url = normalize_url(text);
  return url.ok() ? *url : "error";
}

TEST(Url, IsWrittenAsTheUrlStandardSerialisesIt) {
  EXPECT_EQ(normal("https://example.com"), "https://example.com/");
  EXPECT_EQ(normal("HTTPS://Example.COM:443/A.tar.gz"), "https://example.com/A.tar.gz");
  EXPECT_EQ(normal("http://h:80/a"), "http://h/a");
  EXPECT_EQ(normal("http://h:8080/a"), "http://h:8080/a");
  EXPECT_EQ(normal("http://[::1]:81/a"), "http://[::1]:81/a");
  EXPECT_EQ(normal("https://h/a/./b/../c"), "https://h/a/c");
  EXPECT_EQ(normal("https://h/.."), "https://h/");
  EXPECT_EQ(normal("https://h/a/%2E%2e/b/."), "https://h/b/");
  EXPECT_EQ(normal("https://h/a//b"), "https://h/a//b");
  EXPECT_EQ(normal("https://h/a b\xc3\xa9%20"), "https://h/a%20b%C3%A9%20");
  EXPECT_EQ(normal("https://h?q='x y'#f g"), "https://h/?q=%27x%20y%27#f%20g");
}

TEST(Url, RefusesWhatIsNone) {
  for (std::string_view text :
       {"", "h/a", "ftp://h/", "https://", "https:///a", "https://user@h/", "https://h:99999/",
        "https://h:x/", "https://h\\a", "https://b\xc3\xbc/"})
    EXPECT_EQ(normal(text), "error") << text;
}

TEST(Url, SchemesAreWhatStandsBeforeTwoSlashes) {
  EXPECT_EQ(url_scheme("Https://h"), "https");
  EXPECT_EQ(url_scheme("wasi:http@0.2.12"), "");
  EXPECT_EQ(url_scheme("../a://b"), "");
}

}  // namespace
}  // namespace weir::tools::deps
