#pragma once

#include <filesystem>
#include <optional>

#include "tools/deps/digest.h"
#include "tools/deps/files.h"

namespace weir::tools::deps {

// Packages that were fetched before, each the archive of `tar_of` in a file named by its SHA-256.
// What is found in it is checked against the digest that was asked for. Failing to read or to write
// it is never an error.
class PackageCache {
 public:
  // `folder` empty: a cache that holds nothing.
  explicit PackageCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  std::optional<Files> find(const Digest& digest) const;
  void keep(const Files& files, const Digest& digest) const;

 private:
  std::filesystem::path path_of(const Digest& digest) const;

  std::filesystem::path folder_;
};

}  // namespace weir::tools::deps
