#pragma once

#include <functional>
#include <string>
#include <string_view>

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

  int fd() const { return fd_; }
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
  // `accepted` gets a connected, non-blocking socket and its peer's address. Both outlive this.
  Acceptor(Loop& loop, const ListeningSocket& socket,
           std::function<void(int fd, std::string peer)> accepted);
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  void pause();
  void resume();
  bool paused() const { return watch_.events() == 0; }

 private:
  void on_ready(unsigned events, int error) override;

  Loop& loop_;
  int fd_;
  std::function<void(int, std::string)> accepted_;
  FdWatch watch_;
  MemberTimer<&Acceptor::resume, Acceptor> retry_;
};

// "IP:port", "[IPv6]:port" or "unix:PATH" of a socket's own end.
std::string local_address(int fd);

}  // namespace weir::io
