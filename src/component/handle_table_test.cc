#include "component/handle_table.h"

#include <gtest/gtest.h>

namespace weir::component {
namespace {

using Error = HandleTable::Error;

int key_a, key_b;

TEST(HandleTable, CountsFromOneAndGivesTheIndexFreedLastFirst) {
  HandleLimit limit;
  HandleTable table(limit);
  for (uint32_t i = 1; i <= 4; ++i) EXPECT_EQ(table.add_own(&key_a, {nullptr, i}), i);
  table.remove(2);
  table.remove(3);
  EXPECT_EQ(table.add_own(&key_a, {nullptr, 30}), 3u);
  EXPECT_EQ(table.add_own(&key_a, {nullptr, 20}), 2u);
  EXPECT_EQ(table.add_own(&key_a, {nullptr, 50}), 5u);
  EXPECT_EQ(table.find(3)->object.rep, 30u);
  EXPECT_EQ(limit.used, 5u);
}

TEST(HandleTable, SaysWhatIsWrongWithAHandle) {
  HandleLimit limit;
  HandleTable table(limit);
  BorrowScope scope;
  uint32_t own = table.add_own(&key_a, {nullptr, 1});
  uint32_t borrow = table.add_borrow(&key_a, {nullptr, 1}, scope);
  EXPECT_EQ(scope.borrows, 1u);
  EXPECT_EQ(table.check(0, &key_a, false), Error::unknown);
  EXPECT_EQ(table.check(99, &key_a, false), Error::unknown);
  EXPECT_EQ(table.check(0xffff'ffff, &key_a, false), Error::unknown);
  EXPECT_EQ(table.check(own, &key_b, false), Error::wrong_type);
  EXPECT_EQ(table.check(borrow, &key_a, true), Error::borrowed);
  EXPECT_EQ(table.check(borrow, &key_a, false), Error::none);
  table.find(own)->lends = 1;
  EXPECT_EQ(table.check(own, &key_a, true), Error::lent);
  table.remove(borrow);
  EXPECT_EQ(scope.borrows, 0u);
  EXPECT_EQ(table.check(borrow, &key_a, false), Error::unknown);
}

TEST(HandleTable, SharesItsLimitWithTheOthersOfARequest) {
  HandleLimit limit{.limit = 2};
  HandleTable first(limit);
  {
    HandleTable second(limit);
    EXPECT_NE(first.add_own(&key_a, {}), 0u);
    EXPECT_NE(second.add_own(&key_a, {}), 0u);
    EXPECT_EQ(second.add_own(&key_a, {}), 0u);
  }
  EXPECT_NE(first.add_own(&key_a, {}), 0u);
}

}  // namespace
}  // namespace weir::component
