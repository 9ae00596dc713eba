#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "util/bytes.h"
#include "util/result.h"

namespace weir::host {

// An open descriptor, closed when it goes.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// A regular file as it was when it was read, with what `fstat` said of it.
struct FileContent {
  Bytes bytes;
  struct stat status = {};
};

// Reads a whole regular file of at most `max_size` bytes. The error names the path and the cause.
Result<FileContent> read_file(const std::string& path, uint64_t max_size = 1ull << 31);
// Reads what `descriptor` refers to from its start; `name` is for the error.
Result<FileContent> read_file(const Descriptor& descriptor, const std::string& name,
                              uint64_t max_size = 1ull << 31);

// The checksum of a regular file of exactly `size` bytes, read from its start; the file is never in
// memory as a whole.
Result<uint64_t> checksum_file(const Descriptor& descriptor, const std::string& name,
                               uint64_t size);

// Text for `errno`'s value.
std::string errno_text(int error);

// Writes all of `data`.
Result<void> write_all(int fd, std::span<const uint8_t> data, const std::string& name);

// Replaces the file `path` by one that holds `data`, in one step: readers see the old or the new.
Result<void> write_file_atomically(const std::string& path, std::span<const uint8_t> data,
                                   mode_t mode);

}  // namespace weir::host
