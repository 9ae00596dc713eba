#include <gtest/gtest.h>

#include "crypto/base64.h"
#include "crypto/sha2.h"
#include "util/bytes.h"
#include "util/hex.h"

namespace weir::crypto {
namespace {

// FIPS 180-4's example "abc".
TEST(Sha2, IsWhatTheStandardSays) {
  EXPECT_EQ(hex(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha512(as_bytes("abc"))),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(Sha2, OfPiecesIsThatOfTheWhole) {
  std::span<const uint8_t> pieces[] = {as_bytes("a"), {}, as_bytes("bc")};
  EXPECT_EQ(sha256(pieces), sha256(as_bytes("abc")));
}

TEST(Base64, IsDecodedWithOrWithoutPadding) {
  EXPECT_EQ(decode_base64(""), "");
  EXPECT_EQ(decode_base64("dTpw"), "u:p");
  EXPECT_EQ(decode_base64("dTpwcQ"), "u:pq");
  EXPECT_EQ(decode_base64("dTpwcQ=="), "u:pq");
  EXPECT_EQ(decode_base64("+/8="), "\xfb\xff");
}

TEST(Base64, RefusesAnythingElse) {
  for (auto bad : {"d", "d!pw", "dTp w", "dT=pw", "dTpw\n", "-_8="})
    EXPECT_EQ(decode_base64(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace weir::crypto
