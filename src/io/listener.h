#pragma once

#include <string>
#include <string_view>

#include "io/fd.h"
#include "io/fd_watch.h"
#include "util/result.h"

namespace weir::io {

// A listening socket, shared by the loops that accept from it. Closed when it goes.
class ListeningSocket {
 public:
  // `IP:PORT`, `[IPv6]:PORT` (port 0: any free one), `unix:PATH` or `fd:N` (a socket that listens
  // already). An address that a server uses is an error.
  static Result<ListeningSocket> open(std::string_view address);
  ListeningSocket(ListeningSocket&& other) noexcept;
  ListeningSocket& operator=(ListeningSocket&&) = delete;
  ~ListeningSocket();

  // Whether `address` is written as `open` takes it; touches no socket.
  static Result<void> check(std::string_view address);

  int fd() const { return fd_; }
  // Nobody accepts from it any more: connections are refused. The address stays.
  void close();
  // As bound: "127.0.0.1:8080", "[::1]:8080", "unix:/run/weir.sock".
  const std::string& address() const { return address_; }

 private:
  ListeningSocket(int fd, std::string address, std::string unlink_path)
      : fd_(fd), address_(std::move(address)), unlink_path_(std::move(unlink_path)) {}
  int fd_;
  std::string address_;
  std::string unlink_path_;
};

// Accepts from a listening socket on one loop.
class Acceptor final : private FdWatch::Owner {
 public:
  class Owner {
   public:
    // Whether there is room for one more connection, which is the acceptor's until `accepted` or
    // `not_accepted` gives it back. Where not, accepting pauses until `resume`.
    virtual bool reserve() = 0;
    // A connected, non-blocking socket and its peer's address.
    virtual void accepted(const ListeningSocket& socket, Fd connection, std::string peer) = 0;
    virtual void not_accepted() = 0;

   protected:
    ~Owner() = default;
  };

  // All outlive this.
  Acceptor(Loop& loop, const ListeningSocket& socket, Owner& owner);
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  void pause();
  void resume();
  bool paused() const { return watch_.events() == 0; }
  // Accepts everything that waits now, where there is room.
  void accept_waiting();

 private:
  void on_ready(unsigned events, int error) override;
  // False when nothing waits, or accepting has to pause.
  bool accept_one();

  Loop& loop_;
  const ListeningSocket& socket_;
  Owner& owner_;
  FdWatch watch_;
  MemberTimer<&Acceptor::resume, Acceptor> retry_;
};

// "IP:port", "[IPv6]:port" or "unix:PATH" of a socket's own end.
std::string local_address(int fd);

}  // namespace weir::io
