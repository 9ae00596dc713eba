#pragma once

#include <string>
#include <string_view>

#include "util/result.h"

namespace weir::tools::deps {

// Where an OCI registry keeps packages.
struct RegistryAddress {
  // `https://HOST[:PORT]`, or http if it was written so.
  std::string base;
  // What repository names begin with: empty, or ends in `/`.
  std::string prefix;
  // Whether the prefix was written: then it is not looked up.
  bool prefix_known = false;

  std::string host() const;

  friend bool operator==(const RegistryAddress&, const RegistryAddress&) = default;
};

// Reads `[http://|https://]HOST[:PORT][/PREFIX]`; `HOST/` has no prefix, and none is looked up.
Result<RegistryAddress> parse_registry(std::string_view text);

std::string to_string(const RegistryAddress& address);

}  // namespace weir::tools::deps
