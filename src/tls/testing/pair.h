#pragma once

#include <functional>
#include <memory>
#include <string>

#include "io/loop.h"
#include "io/memory_stream.h"
#include "tls/stream.h"

namespace weir::tls::testing {

struct PairOptions {
  std::string host = "localhost";
  std::shared_ptr<SessionCache> sessions;
  size_t capacity = 64 << 10;
  uint64_t handshake_timeout_ns = 10'000'000'000;
};

// Both ends of a TLS connection over a pipe in memory.
struct Pair {
  Pair(io::Loop& loop, std::shared_ptr<const ClientContext> trust,
       std::shared_ptr<const ServerContext> identity, const PairOptions& options = {})
      : loop(loop) {
    auto [near, far] = io::memory_stream_pair(options.capacity);
    client = Stream::client(loop, std::move(near), std::move(trust), options.host, options.sessions,
                            "key");
    server =
        Stream::server(loop, std::move(far), std::move(identity), options.handshake_timeout_ns);
  }

  // Turns until both handshakes are over, or failed.
  void shake() {
    for (int i = 0; i < 100; ++i) {
      auto near = client->handshake(nullptr).state, far = server->handshake(nullptr).state;
      if (near != io::IoResult::State::pending && far != io::IoResult::State::pending) return;
      loop.run_once();
    }
  }

  // What can be read now.
  static std::string read(Stream& from, io::IoResult* last = nullptr) {
    std::string all;
    uint8_t buffer[5000];
    while (true) {
      auto result = from.read(buffer, nullptr);
      if (last) *last = result;
      if (result.state != io::IoResult::State::done) return all;
      all.append(reinterpret_cast<char*>(buffer), result.bytes);
    }
  }

  static io::IoResult write(Stream& to, std::string_view text) {
    iovec one{const_cast<char*>(text.data()), text.size()};
    return to.write({&one, 1}, nullptr);
  }

  io::Loop& loop;
  std::unique_ptr<Stream> client, server;
};

}  // namespace weir::tls::testing
