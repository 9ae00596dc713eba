#pragma once

#include <filesystem>

#include "util/result.h"

namespace weir::tools::deps {

// Keeps other processes from changing the same folder: an advisory lock on the folder itself, until
// the object goes. Where the file system has no such locks it keeps nobody.
class FolderLock {
 public:
  FolderLock() = default;
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

  // False in `*got` if another process has it and `wait` is not set.
  static Result<FolderLock> take(const std::filesystem::path& folder, bool wait, bool* got);

 private:
  int fd_ = -1;
};

// Brings a file, or a folder's list of names, to the disk.
Result<void> sync_path(const std::filesystem::path& path);

// A new state of a folder, built beside it and then put in its place in one step.
class Replacement {
 public:
  // Makes an empty folder beside `target`, which need not be there. Removes what earlier runs that
  // were killed have left; so the caller holds the lock of the folder that both are in.
  static Result<Replacement> create(const std::filesystem::path& target);
  Replacement(Replacement&& other) noexcept;
  Replacement& operator=(Replacement&&) = delete;
  // Removes the new state if it was not put in place, else the old one.
  ~Replacement();

  // Where to build.
  const std::filesystem::path& path() const { return path_; }
  // Brings all that was built to the disk, so that a crash cannot leave files without content.
  Result<void> sync() const;
  // Exchanges the two; called again it undoes that. After an error everything is as it was.
  Result<void> exchange();

 private:
  Replacement(std::filesystem::path target, std::filesystem::path path)
      : target_(std::move(target)), path_(std::move(path)) {}

  std::filesystem::path target_;
  std::filesystem::path path_;
};

}  // namespace weir::tools::deps
