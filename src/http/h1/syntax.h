#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::http::h1 {

// RFC 9110 section 5.6.2.
bool is_token(std::string_view text);
// RFC 9110 section 5.5: SP, HTAB, VCHAR and obs-text; empty is valid.
bool is_field_value(std::string_view text);
// RFC 9112 section 3.2: visible ASCII without '#'; bytes of 0x80 and above are refused.
bool is_target(std::string_view text);
// The authority of a Host field or an absolute-form target: a host and an optional port, without
// userinfo (RFC 9110 section 4.2.4, RFC 3986 section 3.2.2). Empty is not valid here.
bool is_authority(std::string_view text);
// Without the white space around it (SP and HTAB).
std::string_view trimmed(std::string_view text);

// Calls `take(element)` for each element of a comma-separated list (RFC 9110 section 5.6.1),
// trimmed, empty ones left out.
template <class Take>
void for_each_element(std::string_view list, Take&& take) {
  while (!list.empty()) {
    size_t comma = list.find(',');
    std::string_view element = trimmed(list.substr(0, comma));
    if (!element.empty()) take(element);
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace weir::http::h1
