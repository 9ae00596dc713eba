#include "tools/deps/digest.h"

#include "tools/deps/tar_writer.h"

namespace weir::tools::deps {

Digest digest_of(std::string_view bytes) {
  std::span data(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  return {crypto::sha256(data), crypto::sha512(data)};
}

Digest digest_of(const Files& files) { return digest_of(tar_of(files)); }

}  // namespace weir::tools::deps
