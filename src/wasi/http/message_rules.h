#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir::wasi {

// RFC 3986 section 3.1.
bool is_scheme(std::string_view scheme);

// `[userinfo "@"] host [":" port]` (RFC 3986 section 3.2) with a host, and with a port of 0 to
// 65535 if there is a colon.
bool is_authority(std::string_view authority);

// What a guest may set as path with query: any bytes but controls, space and "#". Whether it can
// be sent is `origin_form`'s business.
bool is_path_with_query(std::string_view path);

// The target on the wire for what a guest set: "/" for nothing, "/?q" for "?q", "*" for an
// OPTIONS of nothing. None for what is neither absolute nor a query: it could name another host.
std::optional<std::string> origin_form(std::string_view method,
                                       const std::optional<std::string>& path_with_query);

// An authority without its userinfo, which stays off the wire.
std::string_view without_userinfo(std::string_view authority);

}  // namespace weir::wasi
