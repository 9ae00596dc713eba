#include "tools/deps/registry/base64.h"

#include <nettle/base64.h>

namespace weir::tools::deps {

std::optional<std::string> decode_base64(std::string_view text) {
  std::string padded(text.substr(0, text.find_last_not_of('=') + 1));
  padded.append((4 - padded.size() % 4) % 4, '=');
  std::string out(BASE64_DECODE_LENGTH(padded.size()), '\0');
  base64_decode_ctx context;
  base64_decode_init(&context);
  size_t size = out.size();
  if (!base64_decode_update(&context, &size, reinterpret_cast<uint8_t*>(out.data()), padded.size(),
                            padded.data()) ||
      !base64_decode_final(&context))
    return std::nullopt;
  out.resize(size);
  return out;
}

std::optional<Credentials> decode_credentials(std::string_view text) {
  auto decoded = decode_base64(text);
  if (!decoded) return std::nullopt;
  size_t colon = decoded->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return Credentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

}  // namespace weir::tools::deps
