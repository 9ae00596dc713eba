#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::tools::deps {

// A package and which versions of it will do: `wasi:http@0.2.12` is that one, `wasi:http@0.2` any
// release 0.2.x, `wasi:http` any release.
struct PackageSpec {
  std::string space;
  std::string name;
  // A whole version, the leading numbers of one, or empty.
  std::string version;

  friend bool operator==(const PackageSpec&, const PackageSpec&) = default;
};

// Nothing unless `text` is `NS:NAME` or `NS:NAME@VERSION`.
std::optional<PackageSpec> parse_package_spec(std::string_view text);

std::string to_string(const PackageSpec& spec);

// Whether a whole version will do. Pre-releases only match themselves.
bool admits(const PackageSpec& spec, std::string_view version);

// The newest of the versions that will do; what is no version is passed over.
std::optional<std::string> newest(const PackageSpec& spec,
                                  const std::vector<std::string>& versions);

}  // namespace weir::tools::deps
