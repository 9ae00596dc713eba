#include "tools/deps/sync.h"

#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "tools/deps/folder.h"
#include "tools/deps/package_facts.h"
#include "tools/deps/project.h"
#include "tools/deps/replace.h"

namespace weir::tools::deps {
namespace {

namespace fs = std::filesystem;

// What the project shall be.
struct Wanted {
  Lock lock;
  std::map<std::string, Files> packages;
};

// Finds out what the project shall be. Changes nothing on disk but the cache.
class Planner {
 public:
  Planner(const Project& project, const SyncOptions& options, Fetcher& fetcher,
          const PackageCache& cache, const Note& note)
      : project_(project),
        update_(options.update),
        fetcher_(fetcher),
        cache_(cache),
        note_(note),
        pinned_(names_of(project.manifest)) {}

  Result<Wanted> plan() {
    for (const auto& [name, source] : project_.manifest) {
      const Locked* locked = locked_for(name, source);
      if (locked && reuse(name, *locked)) continue;
      auto fetched = fetcher_.fetch(source, pinned_, locked ? &*locked->source : nullptr);
      auto added = fetched.ok() ? add(name, std::move(*fetched), locked)
                                : Result<void>(Err(std::move(fetched).error()));
      if (!added.ok()) return Err(Error{"`" + name + "`: " + added.error().message});
    }
    WEIR_TRY(drop_doubles());
    return std::move(wanted_);
  }

 private:
  // What the lock says of a dependency, if it is to be kept.
  const Locked* locked_for(const std::string& name, const Source& source) const {
    auto it = project_.lock.find(name);
    if (update_ || it == project_.lock.end() || !it->second.source ||
        !satisfies(*it->second.source, source))
      return nullptr;
    return &it->second;
  }

  std::optional<Files> at_hand(const std::string& name, const Digest& digest) const {
    auto it = project_.folder.packages.find(name);
    if (it != project_.folder.packages.end() && digest_of(it->second) == digest) return it->second;
    return cache_.find(digest);
  }

  // Takes a locked dependency and what it brings from the folder or the cache; false if some of it
  // is not there.
  bool reuse(const std::string& name, const Locked& locked) {
    std::map<std::string, Files> found;
    Locked kept = locked;
    kept.deps.clear();
    auto main = at_hand(name, locked.digest);
    if (!main) return false;
    for (const std::string& dependency : locked.deps) {
      if (pinned_.contains(dependency)) continue;
      auto entry = project_.lock.find(dependency);
      if (entry == project_.lock.end()) return false;
      auto files = at_hand(dependency, entry->second.digest);
      if (!files) return false;
      kept.deps.insert(dependency);
      found.emplace(dependency, std::move(*files));
    }
    for (auto& [dependency, files] : found)
      if (!put_transitive(dependency, std::move(files)).ok()) return false;
    put(name, std::move(kept), std::move(*main));
    return true;
  }

  Result<void> add(const std::string& name, Fetched fetched, const Locked* locked) {
    for (const std::string& text : fetched.bundle.notes) note_(text);
    Locked entry{std::move(fetched.source), digest_of(fetched.bundle.main), {}};
    if (locked) WEIR_TRY(check_unchanged(*locked, entry.digest, *entry.source));
    for (auto& [dependency, files] : fetched.bundle.deps) {
      if (locked && locked->deps.contains(dependency))
        if (auto it = project_.lock.find(dependency); it != project_.lock.end())
          WEIR_TRY(check_unchanged(it->second, digest_of(files), *entry.source));
      entry.deps.insert(dependency);
      WEIR_TRY(put_transitive(dependency, std::move(files)));
    }
    put(name, std::move(entry), std::move(fetched.bundle.main));
    return {};
  }

  static Result<void> check_unchanged(const Locked& locked, const Digest& digest,
                                      const LockedSource& source) {
    if (locked.digest == digest) return {};
    // The registry gave the very package; how its text is printed may differ between versions.
    if (!source.manifest.empty() && locked.source && locked.source->manifest == source.manifest)
      return {};
    return Err(Error{"what it gives is not what deps.lock has (sha256 " + hex(digest.sha256) +
                     ", not " + hex(locked.digest.sha256) +
                     "); `weir deps update` takes it as it is now"});
  }

  Result<void> put_transitive(const std::string& name, Files files) {
    Digest digest = digest_of(files);
    if (auto it = wanted_.lock.find(name); it != wanted_.lock.end()) {
      if (it->second.digest == digest) return {};
      return Err(Error{"it brings another `" + name + "` than " + owner_of(name) + " does; add `" +
                       name + "` to deps.toml to choose one"});
    }
    put(name, Locked{std::nullopt, digest, {}}, std::move(files));
    return {};
  }

  std::string owner_of(const std::string& name) const {
    for (const auto& [other, locked] : wanted_.lock)
      if (locked.deps.contains(name)) return "`" + other + "`";
    return "another dependency";
  }

  // Packages of registries bring others in folders named after them. One that the manifest has
  // under another name is not needed twice.
  Result<void> drop_doubles() {
    std::vector<PackageSpec> direct;
    for (const auto& [name, locked] : wanted_.lock)
      if (locked.source)
        if (auto facts = facts_of(wanted_.packages[name]); facts.ok() && facts->name)
          direct.push_back(*facts->name);
    std::set<std::string> doubles;
    for (const auto& [name, locked] : wanted_.lock) {
      if (locked.source || !only_registries_need(name)) continue;
      PackageFacts facts = WEIR_TRY(facts_of(wanted_.packages[name]));
      if (facts.name && std::ranges::find(direct, *facts.name) != direct.end())
        doubles.insert(name);
    }
    for (const std::string& name : doubles) {
      wanted_.lock.erase(name);
      wanted_.packages.erase(name);
      for (auto& [other, locked] : wanted_.lock) locked.deps.erase(name);
    }
    return {};
  }

  bool only_registries_need(const std::string& name) const {
    return std::ranges::all_of(wanted_.lock, [&](const auto& entry) {
      const Locked& locked = entry.second;
      return !locked.deps.contains(name) || (locked.source && !locked.source->manifest.empty());
    });
  }

  void put(const std::string& name, Locked locked, Files files) {
    cache_.keep(files, locked.digest);
    wanted_.lock.emplace(name, std::move(locked));
    wanted_.packages.emplace(name, std::move(files));
  }

  const Project& project_;
  const bool update_;
  Fetcher& fetcher_;
  const PackageCache& cache_;
  const Note& note_;
  const std::set<std::string> pinned_;
  Wanted wanted_;
};

std::string detail_of(const Lock& lock, const std::string& name) {
  auto it = lock.find(name);
  if (it == lock.end() || !it->second.source) return needed_by(lock, name);
  const LockedSource& source = *it->second.source;
  if (!source.url.empty()) return source.url;
  if (!source.path.empty()) return source.path;
  return source.package + " of " + source.registry;
}

std::vector<Difference> compare(const Project& project, const Wanted& wanted) {
  std::vector<Difference> differences;
  for (const auto& [name, files] : wanted.packages) {
    auto it = project.folder.packages.find(name);
    if (it == project.folder.packages.end())
      differences.push_back({name, "new", detail_of(wanted.lock, name)});
    else if (digest_of(it->second) != wanted.lock.at(name).digest)
      differences.push_back({name, "updated", detail_of(wanted.lock, name)});
  }
  for (const auto& [name, locked] : project.lock)
    if (!wanted.lock.contains(name) && project.folder.entries.contains(name))
      differences.push_back({name, "removed", "deps.toml no longer asks for it"});
  return differences;
}

// Builds the new folder: what has not changed is copied with all that lies beside the WIT.
Result<void> build(const Project& project, const Wanted& wanted, const fs::path& from,
                   const fs::path& to) {
  for (const auto& [name, files] : wanted.packages) {
    auto it = project.folder.packages.find(name);
    bool same =
        it != project.folder.packages.end() && digest_of(it->second) == wanted.lock.at(name).digest;
    WEIR_TRY(same ? copy_tree(from / name, to / name) : write_package(to / name, files));
  }
  for (const std::string& name : project.folder.entries)
    if (!wanted.lock.contains(name) && !project.lock.contains(name))
      WEIR_TRY(copy_tree(from / name, to / name));
  return {};
}

fs::path folder_of(const fs::path& path) {
  return path.parent_path().empty() ? fs::path(".") : path.parent_path();
}

// A new text for a file, written beside it and waiting to take its place.
struct NewFile {
  fs::path temporary;
  fs::path target;
};

// Puts the folder and the files in place, or nothing.
Result<void> put_in_place(std::optional<Replacement>& replacement,
                          const std::vector<NewFile>& files) {
  if (replacement) WEIR_TRY(replacement->exchange());
  for (const NewFile& file : files) {
    if (::rename(file.temporary.c_str(), file.target.c_str()) == 0) continue;
    Error error{"cannot write " + file.target.string() + ": " + std::strerror(errno)};
    if (replacement) (void)replacement->exchange();
    return Err(std::move(error));
  }
  return {};
}

Result<void> apply(const ProjectPaths& paths, const Project& project, const Wanted& wanted,
                   bool folder_changes,
                   const std::vector<std::pair<fs::path, std::string>>& texts) {
  std::optional<Replacement> replacement;
  if (folder_changes) {
    replacement.emplace(WEIR_TRY(Replacement::create(paths.deps)));
    WEIR_TRY(build(project, wanted, paths.deps, replacement->path()));
    WEIR_TRY(replacement->sync());
  }
  std::vector<NewFile> files;
  Result<void> done;
  for (const auto& [target, text] : texts) {
    auto temporary = write_beside(target, text);
    if (!temporary.ok()) {
      done = Err(std::move(temporary).error());
      break;
    }
    files.push_back({*temporary, target});
  }
  if (done.ok()) done = put_in_place(replacement, files);
  if (!done.ok()) {
    for (const NewFile& file : files) ::unlink(file.temporary.c_str());
    return done;
  }
  // All is in place; what a crash might undo now is a whole state, too.
  if (folder_changes) (void)sync_path(folder_of(paths.deps));
  return {};
}

// What a link stands for, so that the folder and not the link is replaced.
fs::path resolved(const fs::path& path) {
  std::error_code error;
  fs::path real = fs::is_symlink(path, error) ? fs::canonical(path, error) : path;
  return error ? path : real;
}

// Whether a folder is not what it was when it was locked. One that is not there says nothing.
bool source_changed(const ProjectPaths& paths, const Source& source, const Locked& locked,
                    const Project& project) {
  const auto* path = std::get_if<PathSource>(&source);
  if (!path || path->package) return false;
  auto bundle = read_bundle(folder_of(paths.manifest) / path->path, names_of(project.manifest));
  return bundle.ok() && digest_of(bundle->main) != locked.digest;
}

}  // namespace

Result<std::vector<Difference>> synchronize(const SyncOptions& options, Fetcher& fetcher,
                                            const PackageCache& cache, const Note& note) {
  ProjectPaths paths = options.paths;
  paths.deps = resolved(paths.deps);
  paths.lock = resolved(paths.lock);
  std::error_code error;
  if (!fs::is_directory(folder_of(paths.deps), error))
    return Err(Error{"there is no folder " + folder_of(paths.deps).string()});
  bool got = false;
  auto lock = WEIR_TRY(FolderLock::take(folder_of(paths.deps), false, &got));
  std::optional<FolderLock> waited;
  if (!got) {
    note("waiting for another `weir deps` that works on " + paths.deps.string());
    waited.emplace(WEIR_TRY(FolderLock::take(folder_of(paths.deps), true, &got)));
  }
  Project project = WEIR_TRY(read_project(paths, options.new_manifest, options.update));
  Wanted wanted = WEIR_TRY(Planner(project, options, fetcher, cache, note).plan());
  std::vector<Difference> differences = compare(project, wanted);
  std::vector<std::pair<fs::path, std::string>> texts;
  std::string text = print_lock(wanted.lock);
  bool lock_changes = !project.lock_text ||
                      (options.update ? *project.lock_text != text : project.lock != wanted.lock);
  if (lock_changes) texts.emplace_back(paths.lock, std::move(text));
  if (options.new_manifest) texts.emplace_back(resolved(paths.manifest), *options.new_manifest);
  bool folder_changes = !differences.empty() || !fs::exists(paths.deps, error);
  WEIR_TRY(apply(paths, project, wanted, folder_changes, texts));
  return differences;
}

Result<std::vector<Difference>> find_differences(const ProjectPaths& paths, const Note& note) {
  Project project = WEIR_TRY(read_project(paths, std::nullopt, false));
  std::vector<Difference> differences;
  for (const auto& [name, source] : project.manifest) {
    auto it = project.lock.find(name);
    if (it == project.lock.end())
      differences.push_back({name, "not locked", describe(source)});
    else if (!it->second.source || !satisfies(*it->second.source, source))
      differences.push_back({name, "locked from elsewhere", describe(source)});
    else if (source_changed(paths, source, it->second, project))
      differences.push_back({name, "changed at its source", describe(source)});
  }
  for (const auto& [name, locked] : project.lock) {
    bool wanted =
        locked.source ? project.manifest.contains(name) : !needed_by(project.lock, name).empty();
    if (!wanted) {
      differences.push_back({name, "no longer needed", ""});
      continue;
    }
    auto it = project.folder.packages.find(name);
    if (it == project.folder.packages.end())
      differences.push_back({name, "missing", detail_of(project.lock, name)});
    else if (digest_of(it->second) != locked.digest)
      differences.push_back({name, "modified", detail_of(project.lock, name)});
  }
  std::string others;
  for (const std::string& name : project.folder.entries)
    if (!project.lock.contains(name)) others += (others.empty() ? "" : ", ") + name;
  if (!others.empty()) note("in " + paths.deps.string() + ", but not from deps.toml: " + others);
  return differences;
}

}  // namespace weir::tools::deps
