#include "host/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "host/checksum.h"

namespace weir::host {
namespace {

// What is read at once of a file that is looked through: it stays in the processor's cache.
constexpr size_t kPiece = 256 << 10;

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

std::string errno_text(int error) { return std::strerror(error); }

Result<FileContent> read_file(const std::string& path, uint64_t max_size) {
  // Not blocking: opening a pipe that nobody writes must not hang.
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return Err(Error{"cannot open " + path + ": " + errno_text(errno)});
  return read_file(file, path, max_size);
}

Result<FileContent> read_file(const Descriptor& descriptor, const std::string& name,
                              uint64_t max_size) {
  FileContent content;
  if (::fstat(descriptor.get(), &content.status) != 0)
    return Err(Error{"cannot read " + name + ": " + errno_text(errno)});
  if (!S_ISREG(content.status.st_mode))
    return Err(Error{"cannot read " + name + ": it is not a regular file"});
  uint64_t size = static_cast<uint64_t>(content.status.st_size);
  if (size > max_size)
    return Err(Error{"cannot read " + name + ": it is larger than " + std::to_string(max_size) +
                     " bytes"});
  size_t done = 0;
  int error = 0;
  content.bytes = Bytes::make(size, [&](uint8_t* data) {
    while (done < size) {
      ssize_t count = ::pread(descriptor.get(), data + done, size - done, static_cast<off_t>(done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) error = errno;
      if (count <= 0) return;
      done += static_cast<size_t>(count);
    }
  });
  if (error) return Err(Error{"cannot read " + name + ": " + errno_text(error)});
  if (done < size) return Err(Error{"cannot read " + name + ": it shrank while it was read"});
  return content;
}

Result<uint64_t> checksum_file(const Descriptor& descriptor, const std::string& name,
                               uint64_t size) {
  struct stat status;
  if (::fstat(descriptor.get(), &status) != 0)
    return Err(Error{"cannot read " + name + ": " + errno_text(errno)});
  if (!S_ISREG(status.st_mode) || static_cast<uint64_t>(status.st_size) != size)
    return Err(Error{name + " is not a regular file of " + std::to_string(size) + " bytes"});
  std::vector<uint8_t> piece(std::min<uint64_t>(size, kPiece));
  Checksum sum;
  for (uint64_t done = 0; done < size;) {
    size_t wanted = static_cast<size_t>(std::min<uint64_t>(piece.size(), size - done));
    ssize_t count = ::pread(descriptor.get(), piece.data(), wanted, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Err(Error{"cannot read " + name + ": " + errno_text(errno)});
    if (count == 0) return Err(Error{"cannot read " + name + ": it shrank while it was read"});
    sum.add({piece.data(), static_cast<size_t>(count)});
    done += static_cast<uint64_t>(count);
  }
  return sum.value();
}

Result<void> write_all(int fd, std::span<const uint8_t> data, const std::string& name) {
  while (!data.empty()) {
    ssize_t count = ::write(fd, data.data(), data.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Err(Error{"cannot write " + name + ": " + errno_text(errno)});
    data = data.subspan(static_cast<size_t>(count));
  }
  return {};
}

Result<void> write_file_atomically(const std::string& path, std::span<const uint8_t> data,
                                   mode_t mode) {
  std::string temporary = path + ".XXXXXX";
  Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file) return Err(Error{"cannot create " + temporary + ": " + errno_text(errno)});
  auto written = write_all(file.get(), data, temporary);
  if (written.ok() && ::fchmod(file.get(), mode) != 0)
    written = Err(Error{"cannot write " + temporary + ": " + errno_text(errno)});
  if (written.ok() && ::rename(temporary.c_str(), path.c_str()) != 0)
    written = Err(Error{"cannot write " + path + ": " + errno_text(errno)});
  if (!written.ok()) ::unlink(temporary.c_str());
  return written;
}

}  // namespace weir::host
