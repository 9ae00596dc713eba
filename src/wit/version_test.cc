#include "wit/version.h"

#include <gtest/gtest.h>

namespace weir::wit {
namespace {

TEST(Version, IsReadWholeAndPrintedBack) {
  for (const char* text : {"0.2.12", "1.0.0-rc.1", "1.0.0-rc-2023-11-10", "1.2.3+build.5",
                           "0.0.0-0.x--y+001", "18446744073709551615.0.0"}) {
    auto version = parse_version(text);
    ASSERT_TRUE(version) << text;
    EXPECT_EQ(to_string(*version), text);
  }
}

TEST(Version, RefusesWhatSemverRefuses) {
  for (const char* text : {"", "1", "1.2", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3-a..b", "1.2.3+",
                           "1.2.3 ", "1.2.x", "18446744073709551616.0.0", "1.2.3-a_b"}) {
    EXPECT_FALSE(parse_version(text)) << text;
  }
}

TEST(Version, ComparesByPrecedence) {
  const char* ordered[] = {"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta",
                           "1.0.0-beta",  "1.0.0-beta.2",  "1.0.0-beta.11",
                           "1.0.0-rc.1",  "1.0.0",         "1.0.10",
                           "1.2.0",       "2.0.0"};
  for (size_t i = 0; i + 1 < std::size(ordered); ++i) {
    EXPECT_TRUE(compare(*parse_version(ordered[i]), *parse_version(ordered[i + 1])) < 0)
        << ordered[i];
  }
  EXPECT_TRUE(compare(*parse_version("1.0.0+a"), *parse_version("1.0.0+b")) == 0);
  EXPECT_NE(*parse_version("1.0.0+a"), *parse_version("1.0.0+b"));
}

TEST(Version, KnowsWhichVersionsAreCompatible) {
  EXPECT_EQ(compatible_track(*parse_version("1.4.2")), "1");
  EXPECT_EQ(compatible_track(*parse_version("0.2.12")), "0.2");
  EXPECT_EQ(compatible_track(*parse_version("0.0.3")), "");
  EXPECT_EQ(compatible_track(*parse_version("0.3.0-rc-1")), "");
}

}  // namespace
}  // namespace weir::wit
