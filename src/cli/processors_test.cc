#include "cli/processors.h"

#include <gtest/gtest.h>

namespace weir::cli {
namespace {

TEST(Processors, RoundsAQuotaUp) {
  EXPECT_EQ(processors_of_quota("100000 100000"), 1u);
  EXPECT_EQ(processors_of_quota("150000 100000"), 2u);
  EXPECT_EQ(processors_of_quota("400000 100000"), 4u);
  EXPECT_EQ(processors_of_quota("1000 100000"), 1u);
}

TEST(Processors, KnowsThatThereIsNoQuota) {
  EXPECT_EQ(processors_of_quota("max 100000"), std::nullopt);
  EXPECT_EQ(processors_of_quota(""), std::nullopt);
  EXPECT_EQ(processors_of_quota("5"), std::nullopt);
  EXPECT_EQ(processors_of_quota("5 0"), std::nullopt);
}

TEST(Processors, CountsAtLeastOne) { EXPECT_GE(usable_processors(), 1u); }

}  // namespace
}  // namespace weir::cli
