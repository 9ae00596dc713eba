#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "tools/deps/net/download.h"
#include "tools/deps/package_spec.h"
#include "util/result.h"

namespace weir::tools::deps {

// The part of `wkg`'s configuration file (`~/.config/wasm-pkg/config.toml`) that says where
// packages are and how to log in there.
struct WkgConfig {
  // A registry by name, with the repository host and prefix if the file has them.
  struct Mapping {
    std::string registry;
    std::string oci_registry;
    std::string oci_prefix;
  };
  struct Access {
    std::optional<Credentials> credentials;
    // `protocol = "http"`
    bool plain_http = false;
  };

  std::optional<std::string> default_registry;
  std::map<std::string, Mapping> namespaces;
  // By `NS:NAME`.
  std::map<std::string, Mapping> packages;
  // By registry name.
  std::map<std::string, Access> access;

  // Which registry has a package: its own, its namespace's, the default one, or the one that the
  // namespaces `wasi` and `ba` have by convention.
  std::optional<Mapping> find(const PackageSpec& spec) const;
};

Result<WkgConfig> parse_wkg_config(std::string_view text, const std::string& name);

}  // namespace weir::tools::deps
