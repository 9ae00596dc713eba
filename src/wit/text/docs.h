#pragma once

#include <string>
#include <string_view>

namespace weir::wit {

// Turns the comments before an item into one text: marks are taken off, and as much white space
// from the front of each as all of them have. `//` and `///` comments count alike. `comments` is
// what `ast::Docs` holds, whole comments with white space between them.
std::string docs_text(std::string_view comments);

}  // namespace weir::wit
