#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "tools/deps/files.h"
#include "tools/deps/lock.h"
#include "tools/deps/manifest.h"
#include "tools/deps/sync.h"
#include "util/result.h"

namespace weir::tools::deps {

// What lies in a `deps` folder.
struct DepsFolder {
  // Folders, with the WIT in them.
  std::map<std::string, Files> packages;
  // Everything, by name.
  std::set<std::string> entries;
};

// Empty if there is no such folder.
Result<DepsFolder> read_deps_folder(const std::filesystem::path& path);

// A project as it is on disk.
struct Project {
  Manifest manifest;
  // Nothing if there is no lock file.
  std::optional<std::string> lock_text;
  Lock lock;
  DepsFolder folder;
};

// The error of a missing manifest says how to begin. `new_manifest` stands in for the manifest's
// text if it is there. With `tolerant`, a lock that cannot be read counts as none.
Result<Project> read_project(const ProjectPaths& paths,
                             const std::optional<std::string>& new_manifest, bool tolerant);

// The names that a manifest gives.
std::set<std::string> names_of(const Manifest& manifest);

// Who needs a transitive dependency: `needed by clocks, http`.
std::string needed_by(const Lock& lock, const std::string& name);

}  // namespace weir::tools::deps
