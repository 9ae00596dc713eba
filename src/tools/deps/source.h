#pragma once

#include <optional>
#include <string>
#include <variant>

#include "tools/deps/digest.h"
#include "tools/deps/package_spec.h"

namespace weir::tools::deps {

// An archive on a web server.
struct UrlSource {
  // As `normalize_url` gives it.
  std::string url;
  // The folder in the archive that WIT is looked for in; may be empty.
  std::string prefix;
  // What the archive must hash to.
  std::optional<Sha256> sha256;
  std::optional<Sha512> sha512;
  // Take this package of those in the archive, and what it needs.
  std::optional<PackageSpec> package;
};

// A folder on this machine, relative to the manifest.
struct PathSource {
  std::string path;
  std::optional<PackageSpec> package;
};

// A package in an OCI registry.
struct RegistrySource {
  PackageSpec package;
  // As the manifest has it; empty for the one that flags or configuration name.
  std::string registry;
};

using Source = std::variant<UrlSource, PathSource, RegistrySource>;

// For messages: the URL, the path or the package.
std::string describe(const Source& source);

}  // namespace weir::tools::deps
