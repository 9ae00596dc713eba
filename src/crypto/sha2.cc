#include "crypto/sha2.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

namespace weir::crypto {

Sha256 sha256(std::span<const std::span<const uint8_t>> pieces) {
  CRYPTO_library_init();
  SHA256_CTX context;
  SHA256_Init(&context);
  for (auto piece : pieces) SHA256_Update(&context, piece.data(), piece.size());
  Sha256 digest;
  SHA256_Final(digest.data(), &context);
  return digest;
}

Sha256 sha256(std::span<const uint8_t> data) { return sha256(std::span(&data, 1)); }

Sha512 sha512(std::span<const uint8_t> data) {
  CRYPTO_library_init();
  Sha512 digest;
  SHA512(data.data(), data.size(), digest.data());
  return digest;
}

}  // namespace weir::crypto
