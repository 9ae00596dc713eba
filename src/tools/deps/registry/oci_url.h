#pragma once

#include <string_view>

#include "tools/deps/source.h"
#include "util/result.h"

namespace weir::tools::deps {

// Reads `oci://HOST[:PORT]/[PREFIX/]NS/NAME[:VERSION]`, the address that pushing and pulling tools
// show for a package; `@VERSION` will do, too.
Result<RegistrySource> parse_oci_url(std::string_view text);

}  // namespace weir::tools::deps
