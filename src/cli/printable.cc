#include "cli/printable.h"

#include "util/escape.h"

namespace weir::cli {

std::string printable(std::string_view text) {
  std::string out;
  while (true) {
    size_t end = text.find('\n');
    append_escaped(out, text.substr(0, end));
    if (end == std::string_view::npos) return out;
    out.push_back('\n');
    text.remove_prefix(end + 1);
  }
}

}  // namespace weir::cli
