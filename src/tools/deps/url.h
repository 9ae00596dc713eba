#pragma once

#include <string>
#include <string_view>

#include "util/result.h"

namespace weir::tools::deps {

// The scheme of `text` in lower case if it looks like `SCHEME://…`, else empty.
std::string url_scheme(std::string_view text);

// An http or https URL as `deps.lock` has it, which is how the URL standard serialises it: scheme
// and host in lower case, without the scheme's own port, dot segments resolved, a path of at least
// `/`, and percent signs where a byte needs one. The error says what cannot be a URL.
Result<std::string> normalize_url(std::string_view text);

}  // namespace weir::tools::deps
