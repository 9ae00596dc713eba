// Serves a hello from a native handler: what Weir's server costs without any WebAssembly.
// Usage: native_hello ADDRESS [THREADS]
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "server/server.h"

namespace {

class Hello final : public weir::http::Handler {
 public:
  weir::io::Task<weir::Result<weir::http::Response, weir::http::ErrorCode>> handle(
      weir::http::Request, weir::http::Exchange&) override {
    weir::http::Response response;
    response.fields.append("content-type", "text/plain");
    response.body = weir::http::bytes_body(weir::Bytes::borrow_static("Hello, world!\n"));
    co_return response;
  }
};

class StderrLog final : public weir::Log {
 public:
  void write(Level, std::string_view message) override {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(message.size()), message.data());
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: native_hello ADDRESS [THREADS]\n");
    return 2;
  }
  auto socket = weir::io::ListeningSocket::open(argv[1]);
  if (!socket) {
    std::fprintf(stderr, "%s\n", socket.error().message.c_str());
    return 1;
  }
  StderrLog log;
  weir::server::Settings settings;
  settings.threads = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : 1;
  std::fprintf(stderr, "Serving HTTP on http://%s/\n", socket->address().c_str());
  std::vector<weir::server::Listener> listeners;
  listeners.push_back({std::move(*socket), {}, false});
  weir::server::Server server(
      settings, std::move(listeners), [](weir::io::Loop&) { return std::make_unique<Hello>(); },
      log);
  server.run();
}
