#pragma once

#include <string>
#include <string_view>

// toml++ 3.3 asserts what its own checks find a line later, as for `[..`, and where NDEBUG is
// defined lets the compiler assume it. Both are taken away, so that the checks speak.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expr) static_cast<void>(0)
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

#include "util/result.h"

namespace weir::tools::deps {

// Parses TOML; the error starts with `NAME:LINE:`.
Result<toml::table> parse_toml(std::string_view text, const std::string& name);

// `NAME:LINE: ` of where a node stands.
std::string place_in(const std::string& name, const toml::node& node);

// A key as TOML has it: bare, or in quotes if it must be.
std::string toml_key(std::string_view key);

// A string as TOML has it: in double quotes, or in single quotes if that spares backslashes.
std::string toml_string(std::string_view text);

}  // namespace weir::tools::deps
