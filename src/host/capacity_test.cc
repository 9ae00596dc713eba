#include "host/capacity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::host {
namespace {

using component::Demand;
using ::testing::HasSubstr;

constexpr uint64_t kMiB = 1 << 20;

std::string refusal(const Demand& demand, uint64_t memory_limit, uint32_t pool) {
  auto checked = check_demand(demand, memory_limit, engine::Config(), pool);
  return checked.ok() ? "" : checked.error().message;
}

TEST(Capacity, LetsAUsualComponentFillThePool) {
  Demand demand{.core_instances = 3, .memories = 1, .tables = 2, .memory_bytes = 2 * kMiB};
  EXPECT_EQ(refusal(demand, 128 * kMiB, 1000), "");
  EXPECT_EQ(pool_capacity(demand, engine::Config(), 1000), 1000u);
}

TEST(Capacity, HoldsFewerRequestsOfAComponentOfManyParts) {
  engine::Config config;
  Demand demand{.core_instances = 2 * config.core_instances_each, .memories = 1, .tables = 1};
  EXPECT_EQ(pool_capacity(demand, config, 1000), 500u);
  demand.memories = 4 * config.memories_each;
  EXPECT_EQ(pool_capacity(demand, config, 1000), 250u);
}

TEST(Capacity, NamesTheFlagOfTheLimitThatAnInstanceStartsBeyond) {
  EXPECT_THAT(refusal({.core_instances = 1, .memory_bytes = 200 * kMiB + 1}, 128 * kMiB, 1000),
              HasSubstr("starts with 201 MiB of memory, and --max-memory allows 128 MiB"));
  EXPECT_THAT(refusal({.core_instances = 1, .tables = 1, .table_elements = 1'000'000}, kMiB, 1),
              HasSubstr("--max-table-elements"));
  EXPECT_THAT(refusal({.core_instances = 50, .memories = 1, .tables = 1}, kMiB, 1),
              HasSubstr("--max-requests"));
}

TEST(Capacity, AllowsExactlyTheLimit) {
  engine::Config config;
  Demand demand{.core_instances = config.core_instances_each,
                .memories = config.memories_each,
                .tables = config.tables_each,
                .memory_bytes = 64 * kMiB,
                .table_elements = config.table_elements};
  EXPECT_EQ(refusal(demand, 64 * kMiB, 1), "");
  EXPECT_EQ(pool_capacity(demand, config, 1), 1u);
}

}  // namespace
}  // namespace weir::host
