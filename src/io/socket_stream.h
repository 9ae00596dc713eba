#pragma once

#include <uv.h>

#include <memory>

#include "io/loop.h"
#include "io/stream.h"

namespace weir::io {

// A connected socket. Reads and writes are tried at once; the kernel is asked to report readiness
// only when one would block, and then stays asked, so that a request on a kept connection costs no
// epoll_ctl.
class SocketStream final : public Stream {
 public:
  // Takes over `fd`, a connected, non-blocking stream socket.
  SocketStream(Loop& loop, int fd);
  ~SocketStream() override;
  SocketStream(const SocketStream&) = delete;
  SocketStream& operator=(const SocketStream&) = delete;

  IoResult read(std::span<uint8_t> target, Waiter* waiter) override;
  IoResult write(std::span<const iovec> source, Waiter* waiter) override;
  void watch_hang_up(Waiter* waiter) override;
  bool hung_up() const override { return hung_up_; }
  void shut_down_writes() override;
  void reset() override;

  int fd() const { return fd_; }

 private:
  // libuv frees a handle later than we go: it lives on its own.
  struct Poll {
    uv_poll_t handle;
    SocketStream* owner;
  };
  static void on_event(uv_poll_t* handle, int status, int events);
  void want(int events);

  Poll* poll_;
  int fd_;
  int wanted_ = 0;
  bool hung_up_ = false;
  WaitList readers_;
  WaitList writers_;
  WaitList watchers_;
};

}  // namespace weir::io
