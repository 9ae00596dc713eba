#include "tools/deps/registry/oci_url.h"

#include "tools/deps/registry/address.h"
#include "util/escape.h"

namespace weir::tools::deps {

Result<RegistrySource> parse_oci_url(std::string_view text) {
  auto refuse = [&] {
    return Err(Error{"`" + escaped(text) + "` is no package; write oci://HOST/NS/NAME:VERSION"});
  };
  std::string_view rest = text.substr(text.find("://") + 3);
  size_t name_slash = rest.rfind('/');
  if (name_slash == std::string_view::npos || name_slash == 0) return refuse();
  size_t space_slash = rest.rfind('/', name_slash - 1);
  if (space_slash == std::string_view::npos) return refuse();
  std::string package(rest.substr(space_slash + 1, name_slash - space_slash - 1));
  std::string_view name = rest.substr(name_slash + 1);
  size_t mark = name.find_first_of(":@");
  package.append(":").append(name.substr(0, mark));
  if (mark != std::string_view::npos) package.append("@").append(name.substr(mark + 1));
  auto spec = parse_package_spec(package);
  if (!spec) return refuse();
  // The slash says that nothing comes before NS.
  std::string registry(rest.substr(0, space_slash));
  if (registry.find('/') == std::string::npos) registry += '/';
  if (!parse_registry(registry).ok()) return refuse();
  return RegistrySource{std::move(*spec), std::move(registry)};
}

}  // namespace weir::tools::deps
