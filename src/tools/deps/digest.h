#pragma once

#include <string_view>

#include "crypto/sha2.h"
#include "tools/deps/files.h"
#include "util/hex.h"

namespace weir::tools::deps {

using crypto::Sha256;
using crypto::Sha512;

// Both digests of the same bytes (FIPS 180-4).
struct Digest {
  Sha256 sha256 = {};
  Sha512 sha512 = {};

  friend bool operator==(const Digest&, const Digest&) = default;
};

Digest digest_of(std::string_view bytes);

// The digest of a package that `deps.lock` records: that of the archive `tar_of` makes.
Digest digest_of(const Files& files);

}  // namespace weir::tools::deps
