#include "cli/output_writer.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

namespace weir::cli {
namespace {

constexpr auto kGather = std::chrono::milliseconds(5);
constexpr auto kFarewell = std::chrono::seconds(2);

}  // namespace

OutputWriter::OutputWriter(int fd, size_t capacity) : fd_(fd), capacity_(capacity) {}

OutputWriter::~OutputWriter() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

bool OutputWriter::make_room(size_t size, size_t count) {
  if (broken_ || buffer_.size() + size > capacity_) {
    dropped_ += count;
    return false;
  }
  if (dropped_ != reported_) {
    buffer_ += "weir: " + std::to_string(dropped_ - reported_) +
               " lines of output were dropped because nobody read them\n";
    reported_ = dropped_;
  }
  return true;
}

void OutputWriter::write_line(std::string_view line) {
  bool first;
  {
    std::lock_guard lock(mutex_);
    first = buffer_.empty();
    if (!make_room(line.size() + 1, 1)) return;
    buffer_.append(line);
    buffer_.push_back('\n');
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  if (first) wake_.notify_one();
}

void OutputWriter::write_lines(std::string_view lines, size_t count) {
  bool first;
  {
    std::lock_guard lock(mutex_);
    first = buffer_.empty();
    if (!make_room(lines.size(), count)) return;
    buffer_.append(lines);
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  if (first) wake_.notify_one();
}

uint64_t OutputWriter::dropped() const {
  std::lock_guard lock(mutex_);
  return dropped_;
}

void OutputWriter::run() {
  std::string batch;
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !buffer_.empty(); });
    if (buffer_.empty()) return;
    // What comes within a moment goes out with it, so that a busy server does not wake this thread
    // for each line.
    wake_.wait_for(lock, kGather, [this] { return stopping_; });
    batch.clear();
    batch.swap(buffer_);
    lock.unlock();
    bool written = write_out(batch);
    lock.lock();
    if (!written) {
      broken_ = true;
      return;
    }
  }
}

bool OutputWriter::write_out(std::string_view text) {
  auto deadline = std::chrono::steady_clock::time_point::max();
  while (!text.empty()) {
    // Waiting in slices lets the destructor's farewell end a wait for a reader that is stuck.
    pollfd writable{fd_, POLLOUT, 0};
    if (::poll(&writable, 1, 100) == 0) {
      std::lock_guard lock(mutex_);
      if (!stopping_) continue;
      auto now = std::chrono::steady_clock::now();
      if (deadline == std::chrono::steady_clock::time_point::max()) deadline = now + kFarewell;
      if (now >= deadline) return false;
      continue;
    }
    // A blocking pipe that is writable takes PIPE_BUF bytes without blocking.
    ssize_t count = ::write(fd_, text.data(), std::min<size_t>(text.size(), 4096));
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

}  // namespace weir::cli
