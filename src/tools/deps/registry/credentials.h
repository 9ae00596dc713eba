#pragma once

#include <optional>
#include <string_view>

#include "tools/deps/net/download.h"

namespace weir::tools::deps {

// `USER:PASSWORD` in base64; nothing for anything else.
std::optional<Credentials> decode_credentials(std::string_view text);

}  // namespace weir::tools::deps
