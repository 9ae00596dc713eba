#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir::crypto {

// Standard base64 (RFC 4648 §4), padding optional; nothing for anything else.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace weir::crypto
