#include "tools/deps/replace.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace weir::tools::deps {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStagingPrefix = ".weir-deps-";

Error failed(const char* what, const fs::path& path, int error) {
  return {std::string("cannot ") + what + " " + path.string() + ": " + std::strerror(error)};
}

}  // namespace

Result<void> sync_path(const fs::path& path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return Err(failed("open", path, errno));
  int error = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  // Some file systems have nothing to bring anywhere.
  if (error != 0 && error != EINVAL && error != ENOTSUP) return Err(failed("write", path, error));
  return {};
}

FolderLock::FolderLock(FolderLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FolderLock::~FolderLock() {
  if (fd_ >= 0) ::close(fd_);
}

Result<FolderLock> FolderLock::take(const fs::path& folder, bool wait, bool* got) {
  FolderLock lock;
  lock.fd_ = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock.fd_ < 0) return Err(failed("open", folder, errno));
  *got = true;
  while (::flock(lock.fd_, LOCK_EX | (wait ? 0 : LOCK_NB)) != 0) {
    if (errno == EINTR) continue;
    *got = errno != EWOULDBLOCK;
    break;
  }
  return lock;
}

Result<Replacement> Replacement::create(const fs::path& target) {
  fs::path parent = target.parent_path().empty() ? fs::path(".") : target.parent_path();
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(parent, error)) {
    std::error_code ignored;
    if (entry.path().filename().string().starts_with(kStagingPrefix))
      fs::remove_all(entry.path(), ignored);
  }
  std::string path = (parent / (std::string(kStagingPrefix) + "XXXXXX")).string();
  if (!::mkdtemp(path.data())) return Err(failed("create a folder in", parent, errno));
  Replacement replacement(target, path);
  // As open as the folder that it replaces, or as a new one would be.
  struct stat status = {};
  mode_t mode = ::stat(target.c_str(), &status) == 0 ? status.st_mode & 07777 : 0755;
  if (::chmod(path.c_str(), mode) != 0) return Err(failed("change", path, errno));
  return replacement;
}

Replacement::Replacement(Replacement&& other) noexcept
    : target_(std::move(other.target_)), path_(std::exchange(other.path_, {})) {}

Replacement::~Replacement() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Result<void> Replacement::sync() const {
  std::error_code error;
  std::vector<fs::path> paths{path_};
  for (fs::recursive_directory_iterator it(path_, error); !error && it != fs::end(it);
       it.increment(error)) {
    bool plain = !it->is_symlink(error) && (it->is_regular_file(error) || it->is_directory(error));
    if (plain) paths.push_back(it->path());
  }
  if (error) return Err(failed("read", path_, error.value()));
  for (const fs::path& path : paths) WEIR_TRY(sync_path(path));
  return {};
}

Result<void> Replacement::exchange() {
  bool new_there = ::access(path_.c_str(), F_OK) == 0;
  bool old_there = ::access(target_.c_str(), F_OK) == 0;
  if (!new_there || !old_there) {
    const fs::path& from = new_there ? path_ : target_;
    const fs::path& to = new_there ? target_ : path_;
    if (::rename(from.c_str(), to.c_str()) != 0) return Err(failed("replace", target_, errno));
    return {};
  }
  if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_EXCHANGE) == 0)
    return {};
  if (errno != EINVAL && errno != ENOSYS) return Err(failed("replace", target_, errno));
  // A file system that cannot exchange: three steps, undone when one fails.
  std::string aside = path_.string() + ".old";
  if (::rename(target_.c_str(), aside.c_str()) != 0) return Err(failed("replace", target_, errno));
  if (::rename(path_.c_str(), target_.c_str()) != 0) {
    int error = errno;
    ::rename(aside.c_str(), target_.c_str());
    return Err(failed("replace", target_, error));
  }
  if (::rename(aside.c_str(), path_.c_str()) != 0) return Err(failed("move", aside, errno));
  return {};
}

}  // namespace weir::tools::deps
