#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include <atomic>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace weir::http::client::testing {

// One accepted connection of a `RawServer`, blocking, with a guard of 10 s on everything.
class RawPeer {
 public:
  explicit RawPeer(int fd) : fd_(fd) {
    timeval guard{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &guard, sizeof guard);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &guard, sizeof guard);
  }
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;
  ~RawPeer() { close(); }

  // Everything up to and with `mark`; what came when the peer closed, where it never does.
  std::string read_until(std::string_view mark) {
    size_t end;
    while ((end = in_.find(mark)) == std::string::npos) {
      if (!fill()) return std::exchange(in_, {});
    }
    std::string part = in_.substr(0, end + mark.size());
    in_.erase(0, part.size());
    return part;
  }
  std::string read_head() { return read_until("\r\n\r\n"); }
  // True once the peer has closed; reads away what comes before.
  bool sees_close() {
    while (fill()) {
    }
    return ended_;
  }
  bool has_bytes_within(int milliseconds) {
    pollfd waiting{fd_, POLLIN, 0};
    return !in_.empty() || ::poll(&waiting, 1, milliseconds) > 0;
  }
  // Waits for bytes and takes what has come.
  bool read_some() { return fill(); }
  bool send(std::string_view text) {
    while (!text.empty()) {
      ssize_t count = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      text.remove_prefix(static_cast<size_t>(count));
    }
    return true;
  }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void reset() {
    linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }

 private:
  bool fill() {
    char buffer[4096];
    ssize_t count = ::recv(fd_, buffer, sizeof buffer, 0);
    if (count <= 0) {
      ended_ = count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
      return false;
    }
    in_.append(buffer, static_cast<size_t>(count));
    return true;
  }

  int fd_;
  std::string in_;
  bool ended_ = false;
};

// A server for tests: each connection is handed to `serve` on a thread of its own, and closed when
// that returns.
class RawServer {
 public:
  // `number` counts the connections from 0.
  explicit RawServer(std::function<void(RawPeer&, int number)> serve)
      : serve_(std::move(serve)), fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(fd_, reinterpret_cast<sockaddr*>(&any), sizeof any);
    ::listen(fd_, 16);
    socklen_t size = sizeof any;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&any), &size);
    port_ = ntohs(any.sin_port);
    acceptor_ = std::thread([this] { accept(); });
  }
  ~RawServer() {
    stop_ = true;
    acceptor_.join();
    for (std::thread& each : threads_) each.join();
    ::close(fd_);
  }
  uint16_t port() const { return port_; }
  std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }
  int connections() const { return connections_; }

 private:
  void accept() {
    while (!stop_) {
      pollfd waiting{fd_, POLLIN, 0};
      if (::poll(&waiting, 1, 20) <= 0) continue;
      int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      int number = connections_++;
      threads_.emplace_back([this, fd, number] {
        RawPeer peer(fd);
        serve_(peer, number);
      });
    }
  }

  std::function<void(RawPeer&, int)> serve_;
  int fd_;
  uint16_t port_ = 0;
  std::atomic<bool> stop_{false};
  std::atomic<int> connections_{0};
  std::thread acceptor_;
  std::list<std::thread> threads_;
};

}  // namespace weir::http::client::testing
