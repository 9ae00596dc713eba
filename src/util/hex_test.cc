#include "util/hex.h"

#include <gtest/gtest.h>

#include <array>

namespace weir {
namespace {

using Two = std::array<uint8_t, 2>;

TEST(Hex, IsWrittenInLowerCase) {
  EXPECT_EQ(hex({}), "");
  EXPECT_EQ(hex(Two{0x0f, 0xa0}), "0fa0");
}

TEST(Hex, IsReadInEitherCase) { EXPECT_EQ(parse_hex_array<Two>("0fA0"), (Two{0x0f, 0xa0})); }

TEST(Hex, IsReadOfItsExactLengthAlone) {
  for (auto bad : {"", "0fa", "0fa0b", "0fa00", "0fag", "0x0f"})
    EXPECT_EQ(parse_hex_array<Two>(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace weir
