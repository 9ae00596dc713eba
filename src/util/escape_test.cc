#include "util/escape.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(Escape, KeepsTextAndTabs) {
  EXPECT_EQ(escaped("a\tb \xc3\xa9 \xf0\x9f\x98\x80"), "a\tb \xc3\xa9 \xf0\x9f\x98\x80");
}

TEST(Escape, WritesControlBytesAndBackslashesInHex) {
  EXPECT_EQ(escaped("a\n\x1b[31m\x7f\\"), "a\\x0a\\x1b[31m\\x7f\\x5c");
  EXPECT_EQ(escaped(std::string_view("\0", 1)), "\\x00");
}

TEST(Escape, WritesInvalidUtf8InHex) {
  EXPECT_EQ(escaped("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(escaped("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(escaped("\xc2\x9b"), "\\xc2\\x9b");
}

}  // namespace
}  // namespace weir
