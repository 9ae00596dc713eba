#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir::wit {

// Turns the comments before an item into one text: marks are taken off, and as much white space
// from the front of each as all of them have. `//` and `///` comments count alike.
std::string docs_text(const std::vector<std::string_view>& comments);

}  // namespace weir::wit
