#include "tools/deps/project.h"

#include <cstring>

#include "tools/deps/folder.h"
#include "util/folder.h"

namespace weir::tools::deps {

namespace fs = std::filesystem;

ProjectPaths project_paths(const fs::path& folder) {
  std::error_code error;
  fs::path wit = folder;
  if (!fs::exists(folder / "deps.toml", error) && fs::is_directory(folder / "wit", error))
    wit = folder / "wit";
  return {wit / "deps.toml", wit / "deps.lock", wit / "deps"};
}

Result<DepsFolder> read_deps_folder(const fs::path& path) {
  DepsFolder folder;
  std::error_code error;
  if (!fs::exists(path, error)) return folder;
  auto found = read_folder(path.string());
  if (!found)
    return Err(Error{"cannot read " + path.string() + ": " + std::strerror(found.error())});
  for (const FolderEntry& entry : *found) {
    folder.entries.insert(entry.name);
    if (entry.is_folder) folder.packages.emplace(entry.name, WEIR_TRY(read_package(entry.path)));
  }
  return folder;
}

Result<Project> read_project(const ProjectPaths& paths,
                             const std::optional<std::string>& new_manifest, bool tolerant) {
  Project project;
  auto manifest = new_manifest ? new_manifest : WEIR_TRY(read_text(paths.manifest));
  if (!manifest)
    return Err(Error{"there is no " + paths.manifest.string() +
                     "; `weir deps add` starts one, or name the folder that has it"});
  project.manifest = WEIR_TRY(parse_manifest(*manifest, paths.manifest.string()));
  project.lock_text = WEIR_TRY(read_text(paths.lock));
  if (project.lock_text) {
    auto lock = parse_lock(*project.lock_text, paths.lock.string());
    if (lock.ok())
      project.lock = std::move(*lock);
    else if (!tolerant)
      return Err(std::move(lock).error());
  }
  project.folder = WEIR_TRY(read_deps_folder(paths.deps));
  return project;
}

std::set<std::string> names_of(const Manifest& manifest) {
  std::set<std::string> names;
  for (const auto& [name, source] : manifest) names.insert(name);
  return names;
}

std::string needed_by(const Lock& lock, const std::string& name) {
  std::string text;
  for (const auto& [other, locked] : lock)
    if (locked.deps.contains(name)) text += (text.empty() ? "needed by " : ", ") + other;
  return text;
}

}  // namespace weir::tools::deps
