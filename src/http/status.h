#pragma once

#include <cstdint>
#include <string_view>

namespace weir::http {

// The reason phrase of a status code (RFC 9110 section 15); empty for one that has none.
std::string_view reason_phrase(uint16_t status);

}  // namespace weir::http
