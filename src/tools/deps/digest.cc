#include "tools/deps/digest.h"

#include "tools/deps/tar_writer.h"
#include "util/bytes.h"

namespace weir::tools::deps {

Digest digest_of(std::string_view bytes) {
  return {crypto::sha256(as_bytes(bytes)), crypto::sha512(as_bytes(bytes))};
}

Digest digest_of(const Files& files) { return digest_of(tar_of(files)); }

}  // namespace weir::tools::deps
