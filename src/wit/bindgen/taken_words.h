#pragma once

#include <string_view>

namespace weir::wit {

// Whether bindings in C and C++ alike cannot use a word as a name: it is a keyword of C++, or a
// macro of the standard library.
bool is_taken_word(std::string_view word);

}  // namespace weir::wit
