#include "wasi/p2/link.h"

#include "wasi/guest.h"
#include "wasi/p2/cli_terminal_input.h"
#include "wasi/p2/cli_terminal_output.h"

namespace weir::wasi::p2 {
namespace {

// Finds one interface's implementation in the request's state.
template <auto member>
auto& host(void* state) {
  return static_cast<Guest*>(state)->p2.*member;
}

template <class Host, auto member>
Host& find(void* state) {
  return host<member>(state);
}

}  // namespace

void link(component::Linker& linker) {
  io_error::link(linker, find<io_error::Host, &Hosts::error>);
  io_poll::link(linker, find<io_poll::Host, &Hosts::poll>);
  io_streams::link(linker, find<io_streams::Host, &Hosts::streams>);
  clocks_monotonic_clock::link(linker, find<clocks_monotonic_clock::Host, &Hosts::monotonic_clock>);
  clocks_wall_clock::link(linker, find<clocks_wall_clock::Host, &Hosts::wall_clock>);
  clocks_timezone::link(linker, find<clocks_timezone::Host, &Hosts::timezone>);
  random_random::link(linker, find<random_random::Host, &Hosts::random>);
  random_insecure::link(linker, find<random_insecure::Host, &Hosts::insecure_random>);
  random_insecure_seed::link(linker, find<random_insecure_seed::Host, &Hosts::insecure_seed>);
  cli_environment::link(linker, find<cli_environment::Host, &Hosts::environment>);
  cli_exit::link(linker, find<cli_exit::Host, &Hosts::exit>);
  cli_stdin::link(linker, find<cli_stdin::Host, &Hosts::stdin_>);
  cli_stdout::link(linker, find<cli_stdout::Host, &Hosts::stdout_>);
  cli_stderr::link(linker, find<cli_stderr::Host, &Hosts::stderr_>);
  cli_terminal_stdin::link(linker, find<cli_terminal_stdin::Host, &Hosts::terminal_stdin>);
  cli_terminal_stdout::link(linker, find<cli_terminal_stdout::Host, &Hosts::terminal_stdout>);
  cli_terminal_stderr::link(linker, find<cli_terminal_stderr::Host, &Hosts::terminal_stderr>);
  filesystem_types::link(linker, find<filesystem_types::Host, &Hosts::filesystem>);
  filesystem_preopens::link(linker, find<filesystem_preopens::Host, &Hosts::preopens>);
  sockets_network::link(linker, find<sockets_network::Host, &Hosts::network>);
  sockets_instance_network::link(linker,
                                 find<sockets_instance_network::Host, &Hosts::instance_network>);
  sockets_ip_name_lookup::link(linker, find<sockets_ip_name_lookup::Host, &Hosts::name_lookup>);
  sockets_tcp::link(linker, find<sockets_tcp::Host, &Hosts::tcp>);
  sockets_tcp_create_socket::link(linker,
                                  find<sockets_tcp_create_socket::Host, &Hosts::tcp_create>);
  sockets_udp::link(linker, find<sockets_udp::Host, &Hosts::udp>);
  sockets_udp_create_socket::link(linker,
                                  find<sockets_udp_create_socket::Host, &Hosts::udp_create>);
  http_types::link(linker, find<http_types::Host, &Hosts::http_types>);
  http_outgoing_handler::link(linker, find<http_outgoing_handler::Host, &Hosts::outgoing_handler>);
  // Resources without functions.
  cli_terminal_input::link(linker, nullptr);
  cli_terminal_output::link(linker, nullptr);
}

}  // namespace weir::wasi::p2
