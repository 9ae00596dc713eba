#include "host/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace weir::host {

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
