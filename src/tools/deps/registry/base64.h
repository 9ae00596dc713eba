#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tools/deps/net/download.h"

namespace weir::tools::deps {

// Standard base64 (RFC 4648 §4), padding optional; nothing for anything else.
std::optional<std::string> decode_base64(std::string_view text);

// `USER:PASSWORD` in base64.
std::optional<Credentials> decode_credentials(std::string_view text);

}  // namespace weir::tools::deps
