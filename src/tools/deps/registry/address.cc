#include "tools/deps/registry/address.h"

#include "tools/deps/url.h"
#include "util/escape.h"

namespace weir::tools::deps {

std::string RegistryAddress::host() const { return base.substr(base.find("://") + 3); }

Result<RegistryAddress> parse_registry(std::string_view text) {
  auto refuse = [&] {
    return Err(Error{"`" + escaped(text) + "` is no registry; write HOST[:PORT][/PREFIX]"});
  };
  std::string full = url_scheme(text).empty() ? "https://" + std::string(text) : std::string(text);
  auto url = normalize_url(full);
  if (!url.ok() || url->find_first_of("?#%") != std::string::npos) return refuse();
  size_t path = url->find('/', url->find("://") + 3);
  RegistryAddress address;
  address.base = url->substr(0, path);
  address.prefix = url->substr(path + 1);
  address.prefix_known = text.ends_with('/') || !address.prefix.empty();
  if (!address.prefix.empty() && !address.prefix.ends_with('/')) address.prefix += '/';
  return address;
}

std::string to_string(const RegistryAddress& address) {
  std::string text = address.base;
  if (!address.prefix.empty()) text += "/" + address.prefix.substr(0, address.prefix.size() - 1);
  return text;
}

}  // namespace weir::tools::deps
