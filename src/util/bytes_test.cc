#include "util/bytes.h"

#include <gtest/gtest.h>

#include <string>

namespace weir {
namespace {

TEST(Bytes, SlicesShareTheBlockAndOutliveTheWhole) {
  Bytes part;
  {
    Bytes whole = Bytes::copy("hello world");
    part = whole.slice(6);
    EXPECT_EQ(part.data(), whole.data() + 6);
  }
  EXPECT_EQ(part.view(), "world");
}

TEST(Bytes, SlicesBeyondTheEndAreCutToIt) {
  Bytes whole = Bytes::copy("abc");
  EXPECT_EQ(whole.slice(2, 99).view(), "c");
  EXPECT_TRUE(whole.slice(99).empty());
}

TEST(Bytes, TakeMovesTheFrontOff) {
  Bytes rest = Bytes::copy("abcdef");
  EXPECT_EQ(rest.take(2).view(), "ab");
  EXPECT_EQ(rest.take(10).view(), "cdef");
  EXPECT_TRUE(rest.empty());
}

TEST(Bytes, OfAWholeProgramAreNotCopied) {
  static constexpr std::string_view kText = "static";
  EXPECT_EQ(reinterpret_cast<const char*>(Bytes::borrow_static(kText).data()), kText.data());
}

}  // namespace
}  // namespace weir
