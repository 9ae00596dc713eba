#include "host/digest.h"

#include <nettle/sha2.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace weir::host {

Sha256 sha256(std::span<const uint8_t> data) { return sha256(std::span(&data, 1)); }

Sha256 sha256(std::span<const std::span<const uint8_t>> pieces) {
  sha256_ctx context;
  sha256_init(&context);
  for (auto piece : pieces) sha256_update(&context, piece.size(), piece.data());
  Sha256 digest;
  sha256_digest(&context, digest.size(), digest.data());
  return digest;
}

std::string hex(std::span<const uint8_t> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (uint8_t byte : bytes) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

uint64_t checksum(std::span<const uint8_t> data) { return XXH3_64bits(data.data(), data.size()); }

struct Checksum::State {
  XXH3_state_t hash;
};

Checksum::Checksum() : state_(new State) { XXH3_64bits_reset(&state_->hash); }
Checksum::~Checksum() = default;

void Checksum::add(std::span<const uint8_t> piece) {
  XXH3_64bits_update(&state_->hash, piece.data(), piece.size());
}

uint64_t Checksum::value() const { return XXH3_64bits_digest(&state_->hash); }

}  // namespace weir::host
