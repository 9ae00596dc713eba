#pragma once

#include <optional>
#include <vector>

#include "tools/deps/files.h"
#include "tools/deps/package_spec.h"
#include "util/result.h"

namespace weir::tools::deps {

// What the text of a package says of itself and of others.
struct PackageFacts {
  // Nothing if no file has a `package` line.
  std::optional<PackageSpec> name;
  // The packages that it names, itself among them perhaps; sorted.
  std::vector<PackageSpec> needs;
};

// The error shows where the text is no WIT.
Result<PackageFacts> facts_of(const Files& files);

// Of all the packages of a bundle, the newest that `spec` admits becomes the main one, with those
// that it needs, directly or not, in `deps`. The error lists the packages that are there.
Result<Bundle> select_package(Bundle bundle, const PackageSpec& spec);

}  // namespace weir::tools::deps
