#include "host/artifact.h"

#include <gtest/gtest.h>

#include <string>

namespace weir::host {
namespace {

Artifact sample() {
  return {
      "engine 48.0.8", Bytes::copy("component"), {Bytes::copy("one"), Bytes{}, Bytes::copy("3")}};
}

TEST(Artifact, SurvivesTheRoundTrip) {
  Bytes file = encode_artifact(sample());
  ASSERT_TRUE(is_artifact(file.span()));
  auto artifact = decode_artifact(file);
  ASSERT_TRUE(artifact.ok());
  EXPECT_EQ(artifact->engine_identity, "engine 48.0.8");
  EXPECT_EQ(artifact->component.view(), "component");
  ASSERT_EQ(artifact->modules.size(), 3u);
  EXPECT_EQ(artifact->modules[2].view(), "3");
}

TEST(Artifact, NoticesEveryBrokenByteAndEveryCut) {
  Bytes file = encode_artifact(sample());
  std::string good(file.view());
  int undetected = 0;
  for (size_t i = 0; i < good.size(); ++i) {
    std::string broken = good;
    broken[i] ^= 1;
    auto artifact = decode_artifact(Bytes::copy(broken));
    // Only the padding between sections may change unnoticed.
    if (artifact.ok()) {
      ++undetected;
      EXPECT_EQ(good[i], '\0');
      EXPECT_EQ(artifact->component.view(), "component");
    }
    EXPECT_FALSE(decode_artifact(Bytes::copy(good.substr(0, i))).ok() && i + 16 < good.size());
  }
  EXPECT_LT(undetected, 64);
}

TEST(Artifact, TellsOtherFilesApart) {
  EXPECT_FALSE(is_artifact(as_bytes(std::string_view("\0asm\r\0\1\0", 8))));
  EXPECT_FALSE(decode_artifact(Bytes::copy("WEIR")).ok());
}

}  // namespace
}  // namespace weir::host
