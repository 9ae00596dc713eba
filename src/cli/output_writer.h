#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace weir::cli {

// Writes lines to a descriptor from a thread of its own, so that a reader who does not read never
// blocks a loop. What does not fit into the bounded buffer is dropped and counted; the count is
// reported in the output as soon as there is room again. Thread-safe.
class OutputWriter {
 public:
  // Does not own `fd`. `capacity` is in bytes. The thread starts with the first line.
  explicit OutputWriter(int fd, size_t capacity = 1 << 20);
  // Writes what is buffered, for at most two seconds, and stops.
  ~OutputWriter();

  OutputWriter(const OutputWriter&) = delete;
  OutputWriter& operator=(const OutputWriter&) = delete;

  // Queues `line` and a line break. Never blocks on the descriptor.
  void write_line(std::string_view line);
  // Queues `count` whole lines, each with its line break; all or none.
  void write_lines(std::string_view lines, size_t count);

  uint64_t dropped() const;

 private:
  // With the lock: whether there is room for `size` bytes; drops and counts `count` lines if not.
  bool make_room(size_t size, size_t count);
  void run();
  // Writes all of `text`; false when the descriptor is broken or the time to stop has come.
  bool write_out(std::string_view text);

  const int fd_;
  const size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::string buffer_;
  uint64_t dropped_ = 0;
  uint64_t reported_ = 0;
  bool stopping_ = false;
  bool broken_ = false;
  std::thread thread_;
};

}  // namespace weir::cli
