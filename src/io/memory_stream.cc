#include "io/memory_stream.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

namespace weir::io {
namespace {

IoResult failed(int error) { return {IoResult::State::failed, 0, error}; }

// One direction. Shared by its two ends.
struct Channel {
  std::string bytes;
  size_t taken = 0;
  bool closed = false;   // the writer has sent the end
  bool refused = false;  // the reader is gone
  WaitList readable;
  WaitList writable;

  size_t size() const { return bytes.size() - taken; }
};

struct Pipe {
  Channel channels[2];
  WaitList hang_up[2];
  bool reset = false;
  size_t capacity = 0;
};

class MemoryStream final : public Stream {
 public:
  MemoryStream(std::shared_ptr<Pipe> pipe, int end) : pipe_(std::move(pipe)), end_(end) {}

  ~MemoryStream() override {
    out().closed = true;
    in().refused = true;
    out().readable.wake_all();
    in().writable.wake_all();
    pipe_->hang_up[1 - end_].wake_all();
  }

  IoResult read(std::span<uint8_t> target, Waiter* waiter) override {
    if (pipe_->reset) return failed(ECONNRESET);
    Channel& channel = in();
    if (channel.size() == 0) {
      if (channel.closed) return IoResult{IoResult::State::end, 0, 0};
      if (waiter) channel.readable.add(*waiter);
      return IoResult{};
    }
    size_t count = std::min(target.size(), channel.size());
    std::memcpy(target.data(), channel.bytes.data() + channel.taken, count);
    channel.taken += count;
    if (channel.size() == 0) {
      channel.bytes.clear();
      channel.taken = 0;
    }
    channel.writable.wake_all();
    return {IoResult::State::done, count, 0};
  }

  IoResult write(std::span<const iovec> buffers, Waiter* waiter) override {
    if (pipe_->reset) return failed(ECONNRESET);
    Channel& channel = out();
    if (channel.closed || channel.refused) return failed(EPIPE);
    if (channel.size() >= pipe_->capacity) {
      if (waiter) channel.writable.add(*waiter);
      return IoResult{};
    }
    size_t count = 0;
    for (const iovec& buffer : buffers) {
      size_t part = std::min(buffer.iov_len, pipe_->capacity - channel.size());
      channel.bytes.append(static_cast<const char*>(buffer.iov_base), part);
      count += part;
    }
    channel.readable.wake_all();
    return {IoResult::State::done, count, 0};
  }

  void shut_down_writes() override {
    out().closed = true;
    out().readable.wake_all();
    pipe_->hang_up[1 - end_].wake_all();
  }

  void reset() override {
    pipe_->reset = true;
    for (Channel& channel : pipe_->channels) {
      channel.readable.wake_all();
      channel.writable.wake_all();
    }
    for (WaitList& list : pipe_->hang_up) list.wake_all();
  }

  void watch_hang_up(Waiter* waiter) override {
    if (!waiter) return;
    if (hung_up()) {
      waiter->wake();
    } else {
      pipe_->hang_up[end_].add(*waiter);
    }
  }

  bool hung_up() const override {
    return pipe_->reset || pipe_->channels[end_].refused || pipe_->channels[1 - end_].closed;
  }

 private:
  Channel& out() { return pipe_->channels[end_]; }
  Channel& in() { return pipe_->channels[1 - end_]; }

  std::shared_ptr<Pipe> pipe_;
  int end_;
};

}  // namespace

std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> memory_stream_pair(size_t capacity) {
  std::shared_ptr<Pipe> pipe = std::make_shared<Pipe>();
  pipe->capacity = capacity;
  return {std::make_unique<MemoryStream>(pipe, 0), std::make_unique<MemoryStream>(pipe, 1)};
}

}  // namespace weir::io
