#pragma once

#include "wasi/p2/socket_resources.h"
#include "wasi/p2/sockets_instance_network.h"
#include "wasi/p2/sockets_ip_name_lookup.h"
#include "wasi/p2/sockets_network.h"
#include "wasi/p2/sockets_tcp.h"
#include "wasi/p2/sockets_tcp_create_socket.h"
#include "wasi/p2/sockets_udp.h"
#include "wasi/p2/sockets_udp_create_socket.h"
#include "wasi/p2/stream_resources.h"

// wasi:sockets without a network. A socket can be made and configured, as the interfaces say it is
// "an in-memory configuration object" until it is bound or connected: that is refused.
namespace weir::wasi::p2::sockets {

using component::Call;
using component::OrTrap;
template <class T>
using Own = std::unique_ptr<T>;
using ErrorCode = sockets_network::ErrorCode;
using Network = sockets_network::Network;
using Address = sockets_network::IpSocketAddress;
using Family = sockets_network::IpAddressFamily;

// wasi:sockets/tcp.
class TcpHost final : public sockets_tcp::Host {
 public:
  OrTrap<Result<void, ErrorCode>> tcp_socket_start_bind(Call&, sockets_tcp::TcpSocket&, Network&,
                                                        Address) override {
    return Err(ErrorCode::access_denied);
  }
  OrTrap<Result<void, ErrorCode>> tcp_socket_finish_bind(Call&, sockets_tcp::TcpSocket&) override {
    return Err(ErrorCode::not_in_progress);
  }
  OrTrap<Result<void, ErrorCode>> tcp_socket_start_connect(Call&, sockets_tcp::TcpSocket&, Network&,
                                                           Address) override {
    return Err(ErrorCode::access_denied);
  }
  OrTrap<Result<std::tuple<Own<io_streams::InputStream>, Own<io_streams::OutputStream>>, ErrorCode>>
  tcp_socket_finish_connect(Call&, sockets_tcp::TcpSocket&) override {
    return Err(ErrorCode::not_in_progress);
  }
  OrTrap<Result<void, ErrorCode>> tcp_socket_start_listen(Call&, sockets_tcp::TcpSocket&) override {
    return Err(ErrorCode::invalid_state);
  }
  OrTrap<Result<void, ErrorCode>> tcp_socket_finish_listen(Call&,
                                                           sockets_tcp::TcpSocket&) override {
    return Err(ErrorCode::not_in_progress);
  }
  OrTrap<Result<std::tuple<Own<sockets_tcp::TcpSocket>, Own<io_streams::InputStream>,
                           Own<io_streams::OutputStream>>,
                ErrorCode>>
  tcp_socket_accept(Call&, sockets_tcp::TcpSocket&) override {
    return Err(ErrorCode::invalid_state);
  }
  OrTrap<Result<Address, ErrorCode>> tcp_socket_local_address(Call&,
                                                              sockets_tcp::TcpSocket&) override {
    return Err(ErrorCode::invalid_state);
  }
  OrTrap<Result<Address, ErrorCode>> tcp_socket_remote_address(Call&,
                                                               sockets_tcp::TcpSocket&) override {
    return Err(ErrorCode::invalid_state);
  }
  OrTrap<bool> tcp_socket_is_listening(Call&, sockets_tcp::TcpSocket&) override { return false; }
  OrTrap<Family> tcp_socket_address_family(Call&, sockets_tcp::TcpSocket& self) override {
    return self.family;
  }
  OrTrap<Result<void, ErrorCode>> tcp_socket_set_listen_backlog_size(Call&, sockets_tcp::TcpSocket&,
                                                                     uint64_t value) override {
    return value == 0 ? refuse(ErrorCode::invalid_argument) : Done();
  }
  OrTrap<Result<bool, ErrorCode>> tcp_socket_keep_alive_enabled(
      Call&, sockets_tcp::TcpSocket& self) override {
    return Result<bool, ErrorCode>(self.options.keep_alive);
  }
  OrTrap<Result<void, ErrorCode>> tcp_socket_set_keep_alive_enabled(Call&,
                                                                    sockets_tcp::TcpSocket& self,
                                                                    bool value) override {
    self.options.keep_alive = value;
    return Done();
  }
  OrTrap<Result<uint64_t, ErrorCode>> tcp_socket_keep_alive_idle_time(
      Call&, sockets_tcp::TcpSocket& self) override {
    return get(self.options.keep_alive_idle_time);
  }
  OrTrap<Result<void, ErrorCode>> tcp_socket_set_keep_alive_idle_time(Call&,
                                                                      sockets_tcp::TcpSocket& self,
                                                                      uint64_t value) override {
    return set(self.options.keep_alive_idle_time, value);
  }
  OrTrap<Result<uint64_t, ErrorCode>> tcp_socket_keep_alive_interval(
      Call&, sockets_tcp::TcpSocket& self) override {
    return get(self.options.keep_alive_interval);
  }
  OrTrap<Result<void, ErrorCode>> tcp_socket_set_keep_alive_interval(Call&,
                                                                     sockets_tcp::TcpSocket& self,
                                                                     uint64_t value) override {
    return set(self.options.keep_alive_interval, value);
  }
  OrTrap<Result<uint32_t, ErrorCode>> tcp_socket_keep_alive_count(
      Call&, sockets_tcp::TcpSocket& self) override {
    return get(self.options.keep_alive_count);
  }
  OrTrap<Result<void, ErrorCode>> tcp_socket_set_keep_alive_count(Call&,
                                                                  sockets_tcp::TcpSocket& self,
                                                                  uint32_t value) override {
    return set(self.options.keep_alive_count, value);
  }
  OrTrap<Result<uint8_t, ErrorCode>> tcp_socket_hop_limit(Call&,
                                                          sockets_tcp::TcpSocket& self) override {
    return get(self.options.hop_limit);
  }
  OrTrap<Result<void, ErrorCode>> tcp_socket_set_hop_limit(Call&, sockets_tcp::TcpSocket& self,
                                                           uint8_t value) override {
    return set(self.options.hop_limit, value);
  }
  OrTrap<Result<uint64_t, ErrorCode>> tcp_socket_receive_buffer_size(
      Call&, sockets_tcp::TcpSocket& self) override {
    return get(self.options.receive_buffer_size);
  }
  OrTrap<Result<void, ErrorCode>> tcp_socket_set_receive_buffer_size(Call&,
                                                                     sockets_tcp::TcpSocket& self,
                                                                     uint64_t value) override {
    return set(self.options.receive_buffer_size, value);
  }
  OrTrap<Result<uint64_t, ErrorCode>> tcp_socket_send_buffer_size(
      Call&, sockets_tcp::TcpSocket& self) override {
    return get(self.options.send_buffer_size);
  }
  OrTrap<Result<void, ErrorCode>> tcp_socket_set_send_buffer_size(Call&,
                                                                  sockets_tcp::TcpSocket& self,
                                                                  uint64_t value) override {
    return set(self.options.send_buffer_size, value);
  }
  OrTrap<Own<io_poll::Pollable>> tcp_socket_subscribe(Call&,
                                                      sockets_tcp::TcpSocket& self) override {
    return std::make_unique<io_poll::Pollable>(self);
  }
  OrTrap<Result<void, ErrorCode>> tcp_socket_shutdown(Call&, sockets_tcp::TcpSocket&,
                                                      sockets_tcp::ShutdownType) override {
    return Err(ErrorCode::invalid_state);
  }

 private:
  using Done = Result<void, ErrorCode>;
  static Done refuse(ErrorCode code) { return Err(code); }
  template <class T>
  static Result<T, ErrorCode> get(T value) {
    return Result<T, ErrorCode>(value);
  }
  // Zero is no value for any of them (wasi:sockets).
  template <class T>
  static Done set(T& option, T value) {
    if (value == 0) return refuse(ErrorCode::invalid_argument);
    option = value;
    return Done();
  }
};

// wasi:sockets/udp.
class UdpHost final : public sockets_udp::Host {
 public:
  OrTrap<Result<void, ErrorCode>> udp_socket_start_bind(Call&, sockets_udp::UdpSocket&, Network&,
                                                        Address) override {
    return Err(ErrorCode::access_denied);
  }
  OrTrap<Result<void, ErrorCode>> udp_socket_finish_bind(Call&, sockets_udp::UdpSocket&) override {
    return Err(ErrorCode::not_in_progress);
  }
  OrTrap<Result<std::tuple<Own<sockets_udp::IncomingDatagramStream>,
                           Own<sockets_udp::OutgoingDatagramStream>>,
                ErrorCode>>
  udp_socket_stream(Call&, sockets_udp::UdpSocket&, std::optional<Address>) override {
    return Err(ErrorCode::invalid_state);
  }
  OrTrap<Result<Address, ErrorCode>> udp_socket_local_address(Call&,
                                                              sockets_udp::UdpSocket&) override {
    return Err(ErrorCode::invalid_state);
  }
  OrTrap<Result<Address, ErrorCode>> udp_socket_remote_address(Call&,
                                                               sockets_udp::UdpSocket&) override {
    return Err(ErrorCode::invalid_state);
  }
  OrTrap<Family> udp_socket_address_family(Call&, sockets_udp::UdpSocket& self) override {
    return self.family;
  }
  OrTrap<Result<uint8_t, ErrorCode>> udp_socket_unicast_hop_limit(
      Call&, sockets_udp::UdpSocket& self) override {
    return get(self.options.hop_limit);
  }
  OrTrap<Result<void, ErrorCode>> udp_socket_set_unicast_hop_limit(Call&,
                                                                   sockets_udp::UdpSocket& self,
                                                                   uint8_t value) override {
    return set(self.options.hop_limit, value);
  }
  OrTrap<Result<uint64_t, ErrorCode>> udp_socket_receive_buffer_size(
      Call&, sockets_udp::UdpSocket& self) override {
    return get(self.options.receive_buffer_size);
  }
  OrTrap<Result<void, ErrorCode>> udp_socket_set_receive_buffer_size(Call&,
                                                                     sockets_udp::UdpSocket& self,
                                                                     uint64_t value) override {
    return set(self.options.receive_buffer_size, value);
  }
  OrTrap<Result<uint64_t, ErrorCode>> udp_socket_send_buffer_size(
      Call&, sockets_udp::UdpSocket& self) override {
    return get(self.options.send_buffer_size);
  }
  OrTrap<Result<void, ErrorCode>> udp_socket_set_send_buffer_size(Call&,
                                                                  sockets_udp::UdpSocket& self,
                                                                  uint64_t value) override {
    return set(self.options.send_buffer_size, value);
  }
  OrTrap<Own<io_poll::Pollable>> udp_socket_subscribe(Call&,
                                                      sockets_udp::UdpSocket& self) override {
    return std::make_unique<io_poll::Pollable>(self);
  }
  OrTrap<Result<std::vector<sockets_udp::IncomingDatagram>, ErrorCode>>
  incoming_datagram_stream_receive(Call&, sockets_udp::IncomingDatagramStream&, uint64_t) override {
    return Err(ErrorCode::invalid_state);
  }
  OrTrap<Own<io_poll::Pollable>> incoming_datagram_stream_subscribe(
      Call&, sockets_udp::IncomingDatagramStream&) override {
    return std::make_unique<io_poll::Pollable>(std::make_unique<ReadySource>());
  }
  OrTrap<Result<uint64_t, ErrorCode>> outgoing_datagram_stream_check_send(
      Call&, sockets_udp::OutgoingDatagramStream&) override {
    return Err(ErrorCode::invalid_state);
  }
  OrTrap<Result<uint64_t, ErrorCode>> outgoing_datagram_stream_send(
      Call&, sockets_udp::OutgoingDatagramStream&,
      std::vector<sockets_udp::OutgoingDatagram>) override {
    return Err(ErrorCode::invalid_state);
  }
  OrTrap<Own<io_poll::Pollable>> outgoing_datagram_stream_subscribe(
      Call&, sockets_udp::OutgoingDatagramStream&) override {
    return std::make_unique<io_poll::Pollable>(std::make_unique<ReadySource>());
  }

 private:
  using Done = Result<void, ErrorCode>;
  static Done refuse(ErrorCode code) { return Err(code); }
  template <class T>
  static Result<T, ErrorCode> get(T value) {
    return Result<T, ErrorCode>(value);
  }
  // Zero is no value for any of them (wasi:sockets).
  template <class T>
  static Done set(T& option, T value) {
    if (value == 0) return refuse(ErrorCode::invalid_argument);
    option = value;
    return Done();
  }
};

// wasi:sockets/tcp-create-socket.
class TcpCreateHost final : public sockets_tcp_create_socket::Host {
 public:
  OrTrap<Result<Own<sockets_tcp::TcpSocket>, ErrorCode>> create_tcp_socket(
      Call&, Family address_family) override {
    return Result<Own<sockets_tcp::TcpSocket>, ErrorCode>(
        std::make_unique<sockets_tcp::TcpSocket>(address_family));
  }
};

// wasi:sockets/udp-create-socket.
class UdpCreateHost final : public sockets_udp_create_socket::Host {
 public:
  OrTrap<Result<Own<sockets_udp::UdpSocket>, ErrorCode>> create_udp_socket(
      Call&, Family address_family) override {
    return Result<Own<sockets_udp::UdpSocket>, ErrorCode>(
        std::make_unique<sockets_udp::UdpSocket>(address_family));
  }
};

// wasi:sockets/network.
class NetworkHost final : public sockets_network::Host {
 public:
  OrTrap<std::optional<ErrorCode>> network_error_code(Call&, io_error::Error&) override {
    return std::optional<ErrorCode>();
  }
};

// wasi:sockets/instance-network.
class InstanceNetworkHost final : public sockets_instance_network::Host {
 public:
  OrTrap<Own<Network>> instance_network(Call&) override { return std::make_unique<Network>(); }
};

// wasi:sockets/ip-name-lookup.
class NameLookupHost final : public sockets_ip_name_lookup::Host {
 public:
  OrTrap<Result<std::optional<sockets_network::IpAddress>, ErrorCode>>
  resolve_address_stream_resolve_next_address(
      Call&, sockets_ip_name_lookup::ResolveAddressStream&) override {
    return Err(ErrorCode::access_denied);
  }
  OrTrap<Own<io_poll::Pollable>> resolve_address_stream_subscribe(
      Call&, sockets_ip_name_lookup::ResolveAddressStream&) override {
    return std::make_unique<io_poll::Pollable>(std::make_unique<ReadySource>());
  }
  OrTrap<Result<Own<sockets_ip_name_lookup::ResolveAddressStream>, ErrorCode>> resolve_addresses(
      Call&, Network&, std::string_view) override {
    return Err(ErrorCode::access_denied);
  }
};

}  // namespace weir::wasi::p2::sockets
