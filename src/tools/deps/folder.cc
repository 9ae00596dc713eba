#include "tools/deps/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tools/deps/layout.h"
#include "util/folder.h"

namespace weir::tools::deps {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxFile = 64 << 20;

Error failed(const char* what, const fs::path& path, int error) {
  return {std::string("cannot ") + what + " " + path.string() + ": " + std::strerror(error)};
}

Error failed(const char* what, const fs::path& path, const std::error_code& error) {
  return {std::string("cannot ") + what + " " + path.string() + ": " + error.message()};
}

// A descriptor, closed when it goes.
class Opened {
 public:
  explicit Opened(int fd) : fd_(fd) {}
  ~Opened() {
    if (fd_ >= 0) ::close(fd_);
  }
  Opened(const Opened&) = delete;
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

Result<File> read_file(const fs::path& path) {
  // Not blocking: opening a pipe that nobody writes must not hang.
  Opened file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return Err(failed("open", path, errno));
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) return Err(failed("read", path, errno));
  if (!S_ISREG(status.st_mode))
    return Err(Error{"cannot read " + path.string() + ": it is not a regular file"});
  File result;
  result.executable = status.st_mode & S_IXUSR;
  char block[65536];
  while (true) {
    ssize_t count = ::read(file.get(), block, sizeof block);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Err(failed("read", path, errno));
    if (count == 0) return result;
    result.content.append(block, static_cast<size_t>(count));
    if (result.content.size() > kMaxFile)
      return Err(Error{"cannot read " + path.string() + ": it is larger than 64 MiB"});
  }
}

Result<void> write_all(const Opened& file, std::string_view text, const fs::path& path) {
  while (!text.empty()) {
    ssize_t count = ::write(file.get(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Err(failed("write", path, errno));
    text.remove_prefix(static_cast<size_t>(count));
  }
  return {};
}

Result<std::vector<FolderEntry>> list(const fs::path& folder) {
  auto found = read_folder(folder.string());
  if (!found) return Err(failed("read", folder, found.error()));
  return std::move(*found);
}

}  // namespace

Result<Files> read_package(const fs::path& folder) {
  Files files;
  for (const FolderEntry& entry : WEIR_TRY(list(folder))) {
    if (!is_wit_name(entry.name) || entry.is_folder) continue;
    files.emplace(entry.name, WEIR_TRY(read_file(entry.path)));
  }
  return files;
}

Result<Bundle> read_bundle(const fs::path& folder, const std::set<std::string>& pinned) {
  Bundle bundle;
  bundle.main = WEIR_TRY(read_package(folder));
  std::error_code error;
  fs::path deps = folder / "deps";
  if (fs::is_directory(deps, error)) {
    for (const FolderEntry& entry : WEIR_TRY(list(deps))) {
      if (pinned.contains(entry.name)) continue;
      if (entry.is_folder)
        bundle.deps.emplace(entry.name, WEIR_TRY(read_package(entry.path)));
      else
        bundle.notes.push_back(entry.path +
                               " is not taken: only folders in `deps` are; put it into one");
    }
  }
  if (!bundle.main.empty() || !bundle.deps.empty()) return bundle;
  std::string hint;
  if (fs::is_directory(folder / "wit", error))
    hint = "; did you mean " + (folder / "wit").string() + "?";
  return Err(Error{"there is no *.wit file in " + folder.string() + hint});
}

Result<void> write_package(const fs::path& folder, const Files& files) {
  if (::mkdir(folder.c_str(), 0777) != 0) return Err(failed("create", folder, errno));
  for (const auto& [name, file] : files) {
    fs::path path = folder / name;
    Opened opened(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                         file.executable ? 0777 : 0666));
    if (!opened) return Err(failed("create", path, errno));
    WEIR_TRY(write_all(opened, file.content, path));
  }
  return {};
}

Result<std::optional<std::string>> read_text(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error) && !error) return std::optional<std::string>();
  return std::optional(WEIR_TRY(read_file(path)).content);
}

Result<void> copy_tree(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::copy_symlinks, error);
  if (error) return Err(failed("copy", from, error));
  return {};
}

Result<fs::path> write_beside(const fs::path& path, std::string_view text) {
  std::string temporary = path.string() + ".XXXXXX";
  Opened file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file) return Err(failed("create", temporary, errno));
  auto written = write_all(file, text, temporary);
  // The mode of the file that is replaced, or what a new one would get.
  struct stat status = {};
  mode_t mode = ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0644;
  if (written.ok() && ::fchmod(file.get(), mode) != 0)
    written = Err(failed("write", temporary, errno));
  if (written.ok() && ::fsync(file.get()) != 0 && errno != EINVAL)
    written = Err(failed("write", temporary, errno));
  if (!written.ok()) {
    ::unlink(temporary.c_str());
    return Err(std::move(written).error());
  }
  return fs::path(temporary);
}

Result<void> write_atomically(const fs::path& path, std::string_view text) {
  fs::path temporary = WEIR_TRY(write_beside(path, text));
  if (::rename(temporary.c_str(), path.c_str()) == 0) return {};
  int error = errno;
  ::unlink(temporary.c_str());
  return Err(failed("write", path, error));
}

}  // namespace weir::tools::deps
