#include "io/address.h"

#include <arpa/inet.h>

#include <cstring>

namespace weir::io {

SocketAddress::SocketAddress(const sockaddr* address, socklen_t size) {
  if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    std::memcpy(&storage_.v4, address, sizeof(sockaddr_in));
  } else if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    std::memcpy(&storage_.v6, address, sizeof(sockaddr_in6));
  } else {
    storage_.any.sa_family = AF_UNIX;
  }
}

SocketAddress SocketAddress::v4(const in_addr& address, uint16_t port) {
  SocketAddress result;
  result.storage_.v4.sin_family = AF_INET;
  result.storage_.v4.sin_addr = address;
  result.storage_.v4.sin_port = htons(port);
  return result;
}

SocketAddress SocketAddress::v6(const in6_addr& address, uint16_t port, uint32_t scope) {
  SocketAddress result;
  result.storage_.v6.sin6_family = AF_INET6;
  result.storage_.v6.sin6_addr = address;
  result.storage_.v6.sin6_port = htons(port);
  result.storage_.v6.sin6_scope_id = scope;
  return result;
}

std::optional<SocketAddress> SocketAddress::parse_ip(std::string_view text, uint16_t port) {
  if (text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
  char buffer[INET6_ADDRSTRLEN] = {};
  text.copy(buffer, text.size());
  in_addr four;
  if (inet_pton(AF_INET, buffer, &four) == 1) return v4(four, port);
  in6_addr six;
  if (inet_pton(AF_INET6, buffer, &six) == 1) return v6(six, port);
  return std::nullopt;
}

uint16_t SocketAddress::port() const {
  if (family() == AF_INET) return ntohs(storage_.v4.sin_port);
  if (family() == AF_INET6) return ntohs(storage_.v6.sin6_port);
  return 0;
}

socklen_t SocketAddress::size() const {
  if (family() == AF_INET) return sizeof(sockaddr_in);
  if (family() == AF_INET6) return sizeof(sockaddr_in6);
  return sizeof(sa_family_t);
}

std::string SocketAddress::ip() const {
  char buffer[INET6_ADDRSTRLEN];
  const void* source = family() == AF_INET ? static_cast<const void*>(&storage_.v4.sin_addr)
                                           : static_cast<const void*>(&storage_.v6.sin6_addr);
  if (!is_ip() || !inet_ntop(family(), source, buffer, sizeof buffer)) return {};
  return buffer;
}

std::string SocketAddress::to_string() const {
  if (!is_ip()) return "unix:";
  std::string host = ip();
  if (family() == AF_INET6) host = "[" + host + "]";
  return host + ":" + std::to_string(port());
}

SocketAddress peer_of(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  return {reinterpret_cast<const sockaddr*>(&storage), size};
}

}  // namespace weir::io
