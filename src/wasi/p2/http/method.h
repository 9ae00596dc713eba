#pragma once

#include <optional>
#include <string>

#include "wasi/p2/http_types.h"

namespace weir::wasi::p2 {

// Methods are the text on the wire; WASI names nine of them. Case matters.
http_types::Method to_method(const std::string& text);
// None where the text of `other` is no token.
std::optional<std::string> from_method(http_types::Method method);

http_types::Scheme to_scheme(const std::string& text);
// Lower case for http and https, which `other` may spell too; none where it is no scheme.
std::optional<std::string> from_scheme(http_types::Scheme scheme);

}  // namespace weir::wasi::p2
