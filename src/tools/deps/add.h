#pragma once

#include <string>
#include <vector>

#include "tools/deps/sync.h"
#include "util/result.h"

namespace weir::tools::deps {

// A dependency for the manifest. Empty strings are what was not given.
struct Addition {
  // The folder's name, or a package alone, whose name then is the folder's.
  std::string name;
  std::string source;
  std::string prefix;
  std::string sha256;
  std::string package;
  std::string registry;
};

// What an addition says, as the manifest would have it.
struct NamedSource {
  std::string name;
  Source source;
};
Result<NamedSource> resolve_addition(const Addition& addition);

// Adds a dependency to the manifest, which it creates if need be, and synchronizes: what is locked
// stays. If that fails everything is as it was.
Result<std::vector<Difference>> add_dependency(const Addition& addition, SyncOptions options,
                                               Fetcher& fetcher, const PackageCache& cache,
                                               const Note& note);

}  // namespace weir::tools::deps
