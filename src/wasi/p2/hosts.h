#pragma once

#include "wasi/p2/cli_host.h"
#include "wasi/p2/clocks_host.h"
#include "wasi/p2/filesystem_host.h"
#include "wasi/p2/http/outgoing_handler.h"
#include "wasi/p2/http/types_host.h"
#include "wasi/p2/io_error_resource.h"
#include "wasi/p2/poll.h"
#include "wasi/p2/random_host.h"
#include "wasi/p2/sockets_host.h"
#include "wasi/p2/streams.h"

namespace weir::wasi::p2 {

// The implementation of every interface of WASI 0.2 for one request. `context` outlives it.
struct Hosts {
  explicit Hosts(const Context& context)
      : monotonic_clock(context),
        wall_clock(context),
        random(context),
        insecure_random(context),
        insecure_seed(context),
        environment(context),
        stdout_(context),
        stderr_(context),
        http_types(context),
        outgoing_handler(context) {}

  ErrorHost error;
  PollHost poll;
  StreamsHost streams;
  MonotonicClockHost monotonic_clock;
  WallClockHost wall_clock;
  TimezoneHost timezone;
  RandomHost random;
  InsecureRandomHost insecure_random;
  InsecureSeedHost insecure_seed;
  EnvironmentHost environment;
  ExitHost exit;
  StdinHost stdin_;
  StdoutHost stdout_;
  StderrHost stderr_;
  TerminalStdinHost terminal_stdin;
  TerminalStdoutHost terminal_stdout;
  TerminalStderrHost terminal_stderr;
  FilesystemHost filesystem;
  PreopensHost preopens;
  sockets::NetworkHost network;
  sockets::InstanceNetworkHost instance_network;
  sockets::NameLookupHost name_lookup;
  sockets::TcpHost tcp;
  sockets::TcpCreateHost tcp_create;
  sockets::UdpHost udp;
  sockets::UdpCreateHost udp_create;
  HttpTypesHost http_types;
  OutgoingHandlerHost outgoing_handler;
};

}  // namespace weir::wasi::p2
