#include "crypto/base64.h"

#include <openssl/base64.h>

#include <cstdint>

namespace weir::crypto {

std::optional<std::string> decode_base64(std::string_view text) {
  std::string padded(text.substr(0, text.find_last_not_of('=') + 1));
  padded.append((4 - padded.size() % 4) % 4, '=');
  std::string out(padded.size() / 4 * 3, '\0');
  size_t size = 0;
  if (!EVP_DecodeBase64(reinterpret_cast<uint8_t*>(out.data()), &size, out.size(),
                        reinterpret_cast<const uint8_t*>(padded.data()), padded.size()))
    return std::nullopt;
  out.resize(size);
  return out;
}

}  // namespace weir::crypto
