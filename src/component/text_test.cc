#include "component/text.h"

#include <gtest/gtest.h>

namespace weir::component {
namespace {

TEST(Utf8, IsAcceptedWhereUnicodeSaysItIsWellFormed) {
  for (std::string_view good : {"", "a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                                "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_utf8(good));
    std::string padded = std::string(61, 'x') + std::string(good) + "y";
    EXPECT_TRUE(is_utf8(padded));
  }
  for (std::string_view bad :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2g", "\xe0\x9f\xbf", "\xe0\xa0",
        "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf0\x90\x80", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xff"}) {
    EXPECT_FALSE(is_utf8(bad));
    std::string padded = std::string(61, 'x') + std::string(bad) + "y";
    EXPECT_FALSE(is_utf8(padded));
  }
}

// Every character there is.
TEST(Transcoding, IsItsOwnInverseForEveryCharacter) {
  for (uint32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xd800 && c < 0xe000) continue;
    uint8_t units[4];
    size_t count = 1;
    uint32_t unit = c;
    if (c >= 0x10000) {
      unit = 0xd800 + ((c - 0x10000) >> 10);
      uint32_t low = 0xdc00 + (c & 0x3ff);
      units[2] = static_cast<uint8_t>(low);
      units[3] = static_cast<uint8_t>(low >> 8);
      count = 2;
    }
    units[0] = static_cast<uint8_t>(unit);
    units[1] = static_cast<uint8_t>(unit >> 8);
    std::string utf8;
    ASSERT_TRUE(append_utf16(utf8, units, count));
    ASSERT_TRUE(is_utf8(utf8));
    ASSERT_EQ(utf16_units(utf8), count);
    uint8_t back[4];
    write_utf16(utf8, back);
    ASSERT_TRUE(std::equal(back, back + 2 * count, units));
    Latin1Prefix narrow = latin1_prefix(utf8);
    ASSERT_EQ(narrow.characters, c < 0x100 ? 1u : 0u);
    if (c < 0x100) {
      uint8_t latin1;
      write_latin1(utf8, &latin1);
      ASSERT_EQ(latin1, c);
      std::string again;
      append_latin1(again, {&latin1, 1});
      ASSERT_EQ(again, utf8);
    }
  }
}

TEST(Transcoding, RefusesSurrogatesThatStandAlone) {
  std::string out;
  const uint8_t low_first[] = {0x00, 0xdc, 0x00, 0xd8};
  const uint8_t high_last[] = {0x41, 0x00, 0x00, 0xd8};
  const uint8_t high_twice[] = {0x00, 0xd8, 0x00, 0xd8};
  EXPECT_FALSE(append_utf16(out, low_first, 2));
  EXPECT_FALSE(append_utf16(out, high_last, 2));
  EXPECT_FALSE(append_utf16(out, high_twice, 2));
}

}  // namespace
}  // namespace weir::component
