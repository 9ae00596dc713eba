#include "util/number.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(Number, TakesDigitsAlone) {
  EXPECT_EQ(parse_decimal("0"), 0u);
  EXPECT_EQ(parse_decimal("18446744073709551615"), UINT64_MAX);
  for (auto bad : {"", "+5", " 5", "5 ", "-1", "0x1", "12abc", "18446744073709551616"})
    EXPECT_EQ(parse_decimal(bad), std::nullopt) << bad;
  EXPECT_EQ(parse_decimal("300", 255), std::nullopt);
}

TEST(Number, TakesHexDigitsAlone) {
  EXPECT_EQ(parse_hex("fF"), 255u);
  EXPECT_EQ(parse_hex("ffffffffffffffff"), UINT64_MAX);
  for (auto bad : {"", "0x1", "g", "10000000000000000"}) EXPECT_EQ(parse_hex(bad), std::nullopt);
}

TEST(Number, ReadsDurationsInNanoseconds) {
  EXPECT_EQ(*parse_duration("500ms"), 500'000'000u);
  EXPECT_EQ(*parse_duration("2s"), 2'000'000'000u);
  EXPECT_EQ(*parse_duration("1m"), 60'000'000'000u);
  EXPECT_EQ(*parse_duration("1.5s"), 1'500'000'000u);
  EXPECT_EQ(*parse_duration("30"), 30'000'000'000u);
  EXPECT_EQ(*parse_duration("100us"), 100'000u);
  for (auto bad : {"", "s", "-1s", "1 s", "1.s", ".5s", "1d", "999999999999h"})
    EXPECT_FALSE(parse_duration(bad).ok()) << bad;
}

TEST(Number, ReadsSizesInBytes) {
  EXPECT_EQ(*parse_size("64KiB"), 65536u);
  EXPECT_EQ(*parse_size("10MiB"), 10u << 20);
  EXPECT_EQ(*parse_size("2kB"), 2000u);
  EXPECT_EQ(*parse_size("0.5KiB"), 512u);
  EXPECT_FALSE(parse_size("10 MiB").ok());
  EXPECT_NE(parse_size("x").error().message.find("64KiB"), std::string::npos);
}

}  // namespace
}  // namespace weir
