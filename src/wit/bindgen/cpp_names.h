#pragma once

#include <string>
#include <string_view>

namespace weir::wit {

// `wall-clock` as `WallClock`, `DNS-error-payload` as `DnsErrorPayload`.
std::string title_case(std::string_view kebab);

// `get-random-u64` as `get_random_u64`. A word that C++ or a common macro owns gets a `_`
// at its end.
std::string snake_case(std::string_view kebab);

}  // namespace weir::wit
