#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/deps/fetch.h"
#include "tools/deps/package_cache.h"
#include "util/result.h"

namespace weir::tools::deps {

// Where a project keeps its dependencies.
struct ProjectPaths {
  std::filesystem::path manifest;
  std::filesystem::path lock;
  std::filesystem::path deps;
};

// `wit/deps.toml`, `wit/deps.lock` and `wit/deps` for the folder `wit`, or for the one that it is
// in. Nothing need exist.
ProjectPaths project_paths(const std::filesystem::path& folder);

// One dependency that is not what it was (or, for `check`, not what it should be).
struct Difference {
  std::string name;
  // `new`, `updated`, `removed` …
  std::string what;
  // Where it comes from, or who needs it.
  std::string detail;
};

// Told of what the user should know as it happens, one line each.
using Note = std::function<void(std::string_view)>;

struct SyncOptions {
  ProjectPaths paths;
  // Fetch everything anew and take what comes. Otherwise what is locked stays, is only fetched
  // where it is at hand neither in `deps` nor in the cache, and must be what was locked.
  bool update = false;
  // The manifest's new text, written with the rest; nothing to leave it as it is.
  std::optional<std::string> new_manifest;
};

// Brings the `deps` folder and the lock in line with the manifest. The folder and the lock are
// replaced once everything has been fetched and checked; after an error both are as they were. What
// is in the folder and was never in the lock stays. One process at a time works on a project.
Result<std::vector<Difference>> synchronize(const SyncOptions& options, Fetcher& fetcher,
                                            const PackageCache& cache, const Note& note);

// What keeps manifest, lock and folder from agreeing; nothing is changed or fetched.
Result<std::vector<Difference>> find_differences(const ProjectPaths& paths, const Note& note);

}  // namespace weir::tools::deps
