#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "tools/deps/files.h"
#include "tools/deps/lock.h"
#include "tools/deps/net/download.h"
#include "tools/deps/registry/registries.h"
#include "tools/deps/source.h"
#include "util/result.h"

namespace weir::tools::deps {

struct Fetched {
  Bundle bundle;
  LockedSource source;
};

// Gets what a source of the manifest names.
class Fetcher {
 public:
  // `base`: the folder that paths start from. `offline`: refuse what needs the network. The others
  // must outlive it.
  Fetcher(std::filesystem::path base, Downloader& downloader, Registries& registries, bool offline)
      : base_(std::move(base)),
        downloader_(downloader),
        registries_(registries),
        offline_(offline) {}

  // Leaves out dependencies named in `pinned`. `locked`, if given, names the very package that a
  // registry has to give.
  Result<Fetched> fetch(const Source& source, const std::set<std::string>& pinned,
                        const LockedSource* locked);

 private:
  Result<Fetched> fetch(const UrlSource& source, const std::set<std::string>& pinned);
  Result<Fetched> fetch(const PathSource& source, const std::set<std::string>& pinned);
  Result<Fetched> fetch(const RegistrySource& source, const std::set<std::string>& pinned,
                        const LockedSource* locked);

  Result<Files> complete(const PackageSpec& package, const std::string& registry, Files embedded);

  std::filesystem::path base_;
  Downloader& downloader_;
  Registries& registries_;
  const bool offline_;
  // What `complete` found, by package and registry.
  std::map<std::string, Files> completed_;
};

}  // namespace weir::tools::deps
