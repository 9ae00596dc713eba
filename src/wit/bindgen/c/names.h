#pragma once

#include <string>
#include <string_view>

#include "wit/layout.h"

// How WIT names are written in C, as `wit-bindgen c` writes them.
namespace weir::wit {

// `[method]output-stream.check-write` as `method_output_stream_check_write`.
std::string c_snake_case(std::string_view name);

// `stream-error` as `STREAM_ERROR`.
std::string c_upper_case(std::string_view name);

// A member or parameter: snake case, with a `_` behind a word that C, C++ or the bindings own.
std::string c_identifier(std::string_view name);

// Whether it is made of letters, digits and `_`, and may begin a name.
bool is_c_name(std::string_view name);

// `int32_t` and so on.
const char* c_type(CoreType type);

}  // namespace weir::wit
