#include "tools/deps/source.h"

namespace weir::tools::deps {

std::string describe(const Source& source) {
  if (const auto* url = std::get_if<UrlSource>(&source)) return url->url;
  if (const auto* path = std::get_if<PathSource>(&source)) return path->path;
  return to_string(std::get<RegistrySource>(source).package);
}

}  // namespace weir::tools::deps
