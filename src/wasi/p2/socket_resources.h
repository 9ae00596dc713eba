#pragma once

#include "component/host/resource.h"
#include "wasi/p2/pollable.h"
#include "wasi/p2/sockets_network.h"

// Resources of wasi:sockets: what a socket is before it is bound or connected, and types that no
// guest ever gets.
namespace weir::wasi::p2 {

// A socket that only holds its options. Nothing ever happens to it, so it is always ready.
struct UnboundSocket : component::HostResource, PollSource {
  struct Options {
    bool keep_alive = false;
    uint64_t keep_alive_idle_time = 7'200'000'000'000;  // nanoseconds
    uint64_t keep_alive_interval = 75'000'000'000;      // nanoseconds
    uint32_t keep_alive_count = 9;
    uint8_t hop_limit = 64;
    uint64_t receive_buffer_size = 64 << 10;
    uint64_t send_buffer_size = 64 << 10;
  };

  explicit UnboundSocket(sockets_network::IpAddressFamily family) : family(family) {}

  bool ready() override { return true; }
  void watch(Waiter& waiter) override { waiter.wake(); }
  const char* drop_refusal() const override {
    return has_children() ? "a socket was dropped before a pollable made from it" : nullptr;
  }

  const sockets_network::IpAddressFamily family;
  Options options;
};

namespace sockets_network {
class Network final : public component::HostResource {};
}  // namespace sockets_network

namespace sockets_tcp {
class TcpSocket final : public UnboundSocket {
 public:
  using UnboundSocket::UnboundSocket;
};
}  // namespace sockets_tcp

namespace sockets_udp {
class UdpSocket final : public UnboundSocket {
 public:
  using UnboundSocket::UnboundSocket;
};
class IncomingDatagramStream final : public component::HostResource {};
class OutgoingDatagramStream final : public component::HostResource {};
}  // namespace sockets_udp

namespace sockets_ip_name_lookup {
class ResolveAddressStream final : public component::HostResource {};
}  // namespace sockets_ip_name_lookup

}  // namespace weir::wasi::p2
