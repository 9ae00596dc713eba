#include "tools/deps/net/retry.h"

#include <gtest/gtest.h>

namespace weir::tools::deps {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, WaitsTwiceAsLongEachTimeAndThenGivesUp) {
  Backoff backoff;
  EXPECT_EQ(backoff.next(""), milliseconds(500));
  EXPECT_EQ(backoff.next(""), milliseconds(1000));
  EXPECT_EQ(backoff.next(""), milliseconds(2000));
  EXPECT_EQ(backoff.next(""), std::nullopt);
}

TEST(Backoff, WaitsAsLongAsTheServerSaysButNotForever) {
  Backoff backoff;
  EXPECT_EQ(backoff.next("2"), milliseconds(2000));
  EXPECT_EQ(backoff.next("0"), milliseconds(0));
  EXPECT_EQ(backoff.next("Wed, 21 Oct 2026 07:28:00 GMT"), milliseconds(2000));
  EXPECT_EQ(Backoff().next("3600"), std::nullopt);
  EXPECT_EQ(Backoff().next("99999999999999999999"), milliseconds(500));
}

TEST(Backoff, TakesOnlyPassingTroubleForSuch) {
  EXPECT_TRUE(Backoff::may_pass(503));
  EXPECT_TRUE(Backoff::may_pass(429));
  for (long status : {200, 301, 401, 403, 404, 501}) EXPECT_FALSE(Backoff::may_pass(status));
}

}  // namespace
}  // namespace weir::tools::deps
