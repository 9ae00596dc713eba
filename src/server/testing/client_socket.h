#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include "http/h1/testing/reply.h"

namespace weir::server {

// A client's connection, blocking, with a guard of 20 s on everything.
class ClientSocket {
 public:
  explicit ClientSocket(uint16_t port, bool must_connect = true) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    if (must_connect) EXPECT_TRUE(connected_);
  }
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;
  ~ClientSocket() { close(); }

  bool connected() const { return connected_; }
  int fd() const { return fd_; }
  bool send(std::string_view text) {
    while (!text.empty()) {
      ssize_t count = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      text.remove_prefix(static_cast<size_t>(count));
    }
    return true;
  }
  void shut_down() { ::shutdown(fd_, SHUT_WR); }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void reset() {
    linger hard{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close();
  }

  // Reads until `enough()` holds or the server has closed.
  template <class Enough>
  void read_until(Enough enough) {
    auto guard = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!enough() && !ended_) {
      read_for(100);
      if (std::chrono::steady_clock::now() > guard) {
        ADD_FAILURE() << "the server says nothing more after " << received_.substr(0, 500);
        return;
      }
    }
  }
  // Reads what comes within so long. Whether anything came.
  bool read_for(int milliseconds) {
    pollfd readable{fd_, POLLIN, 0};
    if (ended_ || ::poll(&readable, 1, milliseconds) <= 0) return false;
    char buffer[16384];
    ssize_t count = ::recv(fd_, buffer, sizeof buffer, 0);
    if (count <= 0) {
      ended_ = true;
      was_reset_ = count < 0;
    } else {
      received_.append(buffer, static_cast<size_t>(count));
    }
    return true;
  }

  const std::string& received() const { return received_; }
  bool ended() const { return ended_; }
  bool was_reset() const { return was_reset_; }
  const std::string& error() const { return error_; }
  std::vector<http::h1::Reply> replies(std::deque<std::string> methods = {}) {
    return http::h1::parse_replies(received_, std::move(methods), ended_ && !was_reset_, error_);
  }

 private:
  int fd_ = -1;
  bool connected_ = false, ended_ = false, was_reset_ = false;
  std::string received_, error_;
};

}  // namespace weir::server
