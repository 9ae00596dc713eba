#include "host/checksum.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace weir::host {

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
