#include "wasm/reader.h"

#include <gtest/gtest.h>

#include <vector>

namespace weir::wasm {
namespace {

TEST(WasmReader, ReadsNumbersUpToTheirLastBit) {
  std::vector<uint8_t> bytes = {0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0x80, 0x01, 0x40};
  Reader r(bytes);
  EXPECT_EQ(r.u32(), 0xffff'ffffu);
  EXPECT_EQ(r.s32(), -1);
  EXPECT_EQ(r.u32(), 128u);
  EXPECT_EQ(r.s33(), -64);
  EXPECT_TRUE(r.ok());
  EXPECT_TRUE(r.at_end());
}

TEST(WasmReader, RefusesNumbersThatAreTooLargeOrTooLong) {
  std::vector<uint8_t> large = {0xff, 0xff, 0xff, 0xff, 0x1f};
  Reader a(large);
  a.u32();
  EXPECT_FALSE(a.ok());
  std::vector<uint8_t> longer = {0x80, 0x80, 0x80, 0x80, 0x80, 0x00};
  Reader b(longer, 16);
  b.u32();
  EXPECT_NE(b.error().message.find("at byte 16 (0x10)"), std::string::npos);
}

TEST(WasmReader, KeepsTheFirstErrorAndReadsZeroFromThenOn) {
  std::vector<uint8_t> bytes = {0x05, 'a', 'b'};
  Reader r(bytes);
  EXPECT_EQ(r.name(), "");
  std::string first = r.error().message;
  EXPECT_EQ(r.byte(), 0);
  EXPECT_TRUE(r.at_end());
  EXPECT_EQ(r.error().message, first);
}

TEST(WasmReader, RefusesCountsThatCannotFit) {
  std::vector<uint8_t> bytes = {0x64, 0, 0};
  Reader r(bytes);
  EXPECT_EQ(r.count(1000, "items"), 0u);
  EXPECT_FALSE(r.ok());
}

TEST(WasmReader, TellsUtf8FromWhatOnlyLooksLikeIt) {
  auto utf8 = [](std::initializer_list<uint8_t> bytes) {
    return is_utf8(std::vector<uint8_t>(bytes));
  };
  EXPECT_TRUE(utf8({0xc3, 0xa4, 'x', 0xf0, 0x9f, 0x98, 0x80}));
  EXPECT_FALSE(utf8({0xc0, 0x80}));
  EXPECT_FALSE(utf8({0xed, 0xa0, 0x80}));
  EXPECT_FALSE(utf8({0xf4, 0x90, 0x80, 0x80}));
  EXPECT_FALSE(utf8({0xe2, 0x82}));
}

}  // namespace
}  // namespace weir::wasm
