#include "tools/deps/registry/credentials.h"

#include "crypto/base64.h"

namespace weir::tools::deps {

std::optional<Credentials> decode_credentials(std::string_view text) {
  auto decoded = crypto::decode_base64(text);
  if (!decoded) return std::nullopt;
  size_t colon = decoded->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return Credentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

}  // namespace weir::tools::deps
