#include "util/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace weir {
namespace {

FolderEntry entry_of(const std::string& folder, const dirent64& found) {
  FolderEntry entry{found.d_name, path_in(folder, found.d_name)};
  unsigned char type = found.d_type;
  if (type == DT_LNK || type == DT_UNKNOWN) {
    struct stat status;
    if (::stat(entry.path.c_str(), &status) != 0) return entry;
    type = IFTODT(status.st_mode);
  }
  entry.is_folder = type == DT_DIR;
  entry.is_file = type == DT_REG;
  return entry;
}

// Appends until the end; 0, or a value of `errno`.
int read_entries(int fd, const std::string& folder, std::vector<FolderEntry>& entries) {
  // `opendir` would allocate 32 KiB and make twice the calls.
  alignas(dirent64) char buffer[4096];
  while (true) {
    ssize_t size = ::getdents64(fd, buffer, sizeof buffer);
    if (size < 0) return errno;
    if (size == 0) return 0;
    for (const char* at = buffer; at < buffer + size;) {
      const auto& found = *reinterpret_cast<const dirent64*>(at);
      at += found.d_reclen;
      std::string_view name = found.d_name;
      if (name != "." && name != "..") entries.push_back(entry_of(folder, found));
    }
  }
}

}  // namespace

std::string path_in(std::string_view folder, std::string_view name) {
  std::string path;
  path.reserve(folder.size() + 1 + name.size());
  path = folder;
  if (!folder.empty() && !folder.ends_with('/')) path += '/';
  return path += name;
}

Result<std::vector<FolderEntry>, int> read_folder(const std::string& folder) {
  int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return Err(errno);
  std::vector<FolderEntry> entries;
  int error = read_entries(fd, folder, entries);
  ::close(fd);
  if (error != 0) return Err(error);
  std::ranges::sort(entries, {}, &FolderEntry::name);
  return entries;
}

}  // namespace weir
