#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::io {

// An address of a socket: IPv4, IPv6 or a path in the file system. A value.
class SocketAddress {
 public:
  SocketAddress() = default;
  SocketAddress(const sockaddr* address, socklen_t size);

  static SocketAddress v4(const in_addr& address, uint16_t port);
  static SocketAddress v6(const in6_addr& address, uint16_t port, uint32_t scope = 0);
  // A literal: "192.0.2.1" or "2001:db8::1" (no brackets, no zone).
  static std::optional<SocketAddress> parse_ip(std::string_view text, uint16_t port);

  int family() const { return storage_.any.sa_family; }
  bool is_ip() const { return family() == AF_INET || family() == AF_INET6; }
  uint16_t port() const;
  const sockaddr* data() const { return &storage_.any; }
  socklen_t size() const;
  // For AF_INET and AF_INET6.
  const in_addr& v4() const { return storage_.v4.sin_addr; }
  const in6_addr& v6() const { return storage_.v6.sin6_addr; }

  // "IP:port", "[IP]:port"; "unix:" for other families.
  std::string to_string() const;
  // "IP" alone, without brackets.
  std::string ip() const;

 private:
  union Storage {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
  } storage_{};
};

// Whom a connected socket is connected to.
SocketAddress peer_of(int fd);

}  // namespace weir::io
