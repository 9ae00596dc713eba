// A server whose handler is that of the tests, for peers that are programs of their own.
// Usage: test_server ADDRESS [NAME=VALUE...]    the names are in `set`; times in milliseconds
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>

#include <unistd.h>

#include "http/h1/testing/test_handler.h"
#include "server/server.h"
#include "util/number.h"

namespace {

using weir::server::Settings;

class StderrLog final : public weir::Log {
 public:
  void write(Level, std::string_view message) override {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(message.size()), message.data());
  }
};

class StdoutLines final : public weir::server::AccessSink {
 public:
  void write_lines(std::string_view lines, size_t) override {
    (void)!::write(STDOUT_FILENO, lines.data(), lines.size());
  }
};

bool set(Settings& settings, std::string_view name, uint64_t value) {
  auto& connection = settings.connection;
  uint64_t nanoseconds = value * 1'000'000;
  if (name == "threads")
    settings.threads = static_cast<unsigned>(value);
  else if (name == "max_connections")
    settings.max_connections = value;
  else if (name == "max_requests")
    settings.max_requests = value;
  else if (name == "head_timeout")
    connection.head_timeout_ns = nanoseconds;
  else if (name == "idle_timeout")
    connection.idle_timeout_ns = nanoseconds;
  else if (name == "read_timeout")
    connection.read_timeout_ns = nanoseconds;
  else if (name == "write_timeout")
    connection.write_timeout_ns = nanoseconds;
  else if (name == "response_timeout")
    connection.response_timeout_ns = nanoseconds;
  else if (name == "half_close")
    connection.half_close = value != 0;
  else if (name == "json_log")
    settings.access_format =
        value ? weir::server::AccessFormat::json : weir::server::AccessFormat::off;
  else
    return false;
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  StdoutLines lines;
  settings.access_sink = &lines;
  for (int i = 2; i < argc; ++i) {
    std::string_view argument = argv[i];
    size_t equals = argument.find('=');
    auto value = equals == std::string_view::npos
                     ? std::nullopt
                     : weir::parse_decimal(argument.substr(equals + 1));
    if (!value || !set(settings, argument.substr(0, equals), *value)) {
      std::fprintf(stderr, "test_server: what is %s?\n", argv[i]);
      return 2;
    }
  }
  if (argc < 2) {
    std::fprintf(stderr, "usage: test_server ADDRESS [NAME=VALUE...]\n");
    return 2;
  }
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  auto socket = weir::io::ListeningSocket::open(argv[1]);
  if (!socket) {
    std::fprintf(stderr, "%s\n", socket.error().message.c_str());
    return 1;
  }
  StderrLog log;
  std::string address = socket->address();
  std::vector<weir::server::Listener> listeners;
  listeners.push_back({std::move(*socket), {}, false});
  weir::server::Server server(
      settings, std::move(listeners),
      [](weir::io::Loop&) { return std::make_unique<weir::http::h1::TestHandler>(); }, log);
  std::thread([&] {
    int signal;
    sigwait(&signals, &signal);
    server.drain();
    sigwait(&signals, &signal);
    ::_exit(128 + signal);
  }).detach();
  log.info("Serving HTTP on " +
           (address.starts_with("unix:") ? address : "http://" + address + "/"));
  server.run();
  // The thread that waits for signals still refers to what would be destroyed.
  ::_exit(0);
}
