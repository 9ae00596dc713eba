#include "util/whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace weir {
namespace {

constexpr size_t kPiece = 65536;

// Appends until the end of `fd`; 0, or a value of `errno`.
int read_all(int fd, size_t max_size, std::string& text) {
  struct stat status;
  if (::fstat(fd, &status) != 0) return errno;
  size_t expected = kPiece;
  if (S_ISREG(status.st_mode)) {
    // One byte more than a file says to have, so that its end shows without growing.
    expected = static_cast<size_t>(status.st_size) + 1;
    if (expected > max_size + 1) return EFBIG;
  }
  size_t size = 0;
  ssize_t count = 0;
  do {
    if (size > max_size) return EFBIG;
    size_t room = size < expected ? expected : size + kPiece;
    text.resize_and_overwrite(room, [&](char* data, size_t capacity) {
      do {
        count = ::read(fd, data + size, capacity - size);
      } while (count < 0 && errno == EINTR);
      if (count > 0) size += static_cast<size_t>(count);
      return size;
    });
    if (count < 0) return errno;
  } while (count > 0);
  return 0;
}

}  // namespace

Result<std::string, int> read_whole_file(const std::string& path, size_t max_size) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Err(errno);
  std::string text;
  int error = read_all(fd, max_size, text);
  ::close(fd);
  if (error != 0) return Err(error);
  return text;
}

}  // namespace weir
