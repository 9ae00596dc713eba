#include "wasi/random_source.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace weir::wasi {
namespace {

TEST(SystemRandom, GivesOtherBytesEachTimeWhateverTheSize) {
  SystemRandom random;
  std::set<uint64_t> seen;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(random.next()).second);
  for (size_t size : {0u, 1u, 511u, 512u, 513u, 70000u}) {
    std::vector<uint8_t> bytes(size);
    random.fill(bytes);
    if (size > 500) {
      EXPECT_GT(std::set<uint8_t>(bytes.begin(), bytes.end()).size(), 100u);
    }
  }
}

}  // namespace
}  // namespace weir::wasi
