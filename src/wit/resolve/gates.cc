#include "wit/resolve/package_resolver.h"

namespace weir::wit {

bool PackageResolver::gate(const Stability& stability, Span span,
                           std::optional<std::string>& closed) {
  if (stability.kind() == Stability::Kind::unstable) {
    if (!run_.features.has(stability.feature())) closed = stability.feature();
    return true;
  }
  if (stability.kind() == Stability::Kind::unknown) return true;
  const std::optional<Version>& version = ast_.name.version;
  if (!version) return fail(ErrorKind::since_without_version, span, to_string(ast_.name));
  if (compare(stability.since(), *version) > 0) {
    return fail(ErrorKind::future_since, span, to_string(stability.since()), to_string(ast_.name));
  }
  return true;
}

void PackageResolver::note_closed(const std::string& path, const std::string& feature) {
  run_.closed.emplace(path, feature);
}

}  // namespace weir::wit
