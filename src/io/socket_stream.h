#pragma once

#include <optional>

#include "io/fd.h"
#include "io/fd_watch.h"
#include "io/stream.h"

namespace weir::io {

// A connected socket. Reads and writes are tried at once where they may succeed; the kernel reports
// readability all the while, and is told otherwise only after an event that nobody wanted, so that
// a request on a kept connection costs no epoll_ctl and no read that fails.
class SocketStream final : public Stream, private FdWatch::Owner {
 public:
  // Takes over `fd`, a connected, non-blocking stream socket.
  SocketStream(Loop& loop, int fd);
  SocketStream(const SocketStream&) = delete;
  SocketStream& operator=(const SocketStream&) = delete;

  IoResult read(std::span<uint8_t> target, Waiter* waiter) override;
  IoResult write(std::span<const iovec> source, Waiter* waiter) override;
  void watch_hang_up(Waiter* waiter) override;
  bool hung_up() const override { return hang_up_ != HangUp::none; }
  void shut_down_writes() override;
  void reset() override;
  bool leave() override;
  void join(Loop& loop) override;

  int fd() const { return fd_.get(); }

 private:
  enum class HangUp : uint8_t { none, half, gone };
  void on_ready(unsigned events, int error) override;
  // Watches for what is waited for, and for a hang-up as long as none came.
  void watch_wanted();
  IoResult fail(int error);

  Fd fd_;
  // False where the last read emptied the socket and no event has come since.
  bool maybe_readable_ = false;
  bool maybe_writable_ = true;
  HangUp hang_up_ = HangUp::none;
  int error_ = 0;
  WaitList readers_;
  WaitList writers_;
  WaitList watchers_;
  std::optional<FdWatch> watch_;
};

}  // namespace weir::io
