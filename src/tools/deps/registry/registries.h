#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "tools/deps/files.h"
#include "tools/deps/net/download.h"
#include "tools/deps/registry/address.h"
#include "tools/deps/registry/oci_client.h"
#include "tools/deps/registry/wkg_config.h"
#include "tools/deps/source.h"
#include "util/result.h"

namespace weir::tools::deps {

// What a registry gave for a package.
struct RegistryPackage {
  // With its whole version.
  PackageSpec package;
  RegistryAddress address;
  // The digest of its manifest.
  std::string manifest;
  // The WebAssembly that holds the package.
  std::string wasm;
};

// User names and passwords by registry host, from docker's `config.json`.
std::map<std::string, Credentials> parse_docker_config(std::string_view text);

// Finds packages in OCI registries as `wkg` publishes them: the package NS:NAME of version V is the
// tag V of the repository PREFIX/NS/NAME, one layer of WebAssembly.
class Registries {
 public:
  // `fallback`: the registry of packages for which none is named; empty for `config`'s.
  Registries(Downloader& downloader, std::string fallback, WkgConfig config,
             std::map<std::string, Credentials> docker)
      : downloader_(downloader),
        fallback_(std::move(fallback)),
        config_(std::move(config)),
        docker_(std::move(docker)) {}

  // `manifest`: the digest that the manifest must have, or empty.
  Result<RegistryPackage, RegistryError> fetch(const RegistrySource& source,
                                               const std::string& manifest);

 private:
  struct Place {
    RegistryAddress address;
    std::optional<Credentials> credentials;
  };
  Result<Place> place_of(const RegistrySource& source);
  Result<void> look_up_prefix(RegistryAddress& address);

  Downloader& downloader_;
  std::string fallback_;
  WkgConfig config_;
  std::map<std::string, Credentials> docker_;
  // What `look_up_prefix` found, by the address that was asked.
  std::map<std::string, RegistryAddress> looked_up_;
};

}  // namespace weir::tools::deps
