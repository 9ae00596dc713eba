#pragma once

#include <memory>
#include <string>

#include "http/client/pool.h"
#include "http/egress.h"
#include "http/handler.h"
#include "io/resolver.h"
#include "tls/client_context.h"
#include "tls/session_cache.h"
#include "util/log.h"

namespace weir::tls {
class Stream;
}

namespace weir::http::client {

// Timeouts are what a request gets that sets none of its own, in nanoseconds.
struct ClientOptions {
  uint64_t connect_timeout_ns = 30'000'000'000;
  uint64_t first_byte_timeout_ns = 600'000'000'000;
  uint64_t between_bytes_timeout_ns = 600'000'000'000;
  // Without progress while the server does not read.
  uint64_t write_timeout_ns = 60'000'000'000;
  // A tunnel in which nothing moves.
  uint64_t tunnel_idle_timeout_ns = 600'000'000'000;
  h1::ResponseLimits head;
  // Counts the bytes in buffers; outlives client and bodies. Null: nobody counts.
  ByteBudget* budget = nullptr;
  PoolLimits pool;
  io::ResolverOptions resolver;
  // For `https`; null: such requests give configuration-error.
  std::shared_ptr<const tls::ClientContext> tls;
};

// The upstream client of one loop: sends a request to the server that its scheme and authority
// name, where the egress policy allows it, and answers with the server's response. Speaks HTTP/1.1.
// Informational responses go to the exchange, a 101 and a CONNECT make it a tunnel; redirects,
// codings and cookies are left alone.
class Client final : public Handler {
 public:
  // `log` (may be null) hears why a destination was refused, and why no name can be looked up where
  // the system's resolver configuration is unreadable. Loop, policy and log outlive the client.
  Client(io::Loop& loop, const EgressPolicy& policy, ClientOptions options = {},
         Log* log = nullptr);

  // The client outlives the task; response bodies may outlive the client, but not the loop.
  io::Task<Result<Response, ErrorCode>> handle(Request request, Exchange& exchange) override;

  const Pool& pool() const { return *pool_; }

 private:
  using Opened = Result<std::unique_ptr<Connection>, ErrorCode>;

  // The TLS handshake over a fresh connection.
  io::Task<Result<std::unique_ptr<tls::Stream>, ErrorCode>> secure(
      const Destination& to, std::unique_ptr<io::Stream> stream, uint64_t timeout_ns);
  io::Task<Result<Connection::Made, ErrorCode>> open(const Destination& to,
                                                     EgressPolicy::Grant grant,
                                                     uint64_t timeout_ns);
  io::Task<std::shared_ptr<void>> permit(const std::string& key, bool fresh, uint64_t timeout_ns);
  // Opens a connection, or waits for the right to; or for one that somebody else has finished with,
  // unless it must be `fresh`.
  io::Task<Opened> open_or_wait(const Destination& to, EgressPolicy::Grant grant, bool fresh,
                                uint64_t timeout_ns);
  io::Task<Result<Response, ErrorCode>> tunnel(Destination to, EgressPolicy::Grant grant,
                                               uint64_t timeout_ns, Exchange& exchange);
  Result<Response, ErrorCode> upgrade(Connection& connection, h1::ResponseHead head,
                                      Exchange& exchange);
  void say_denied(const Destination& to, const char* what, const std::string& flag);

  io::Loop& loop_;
  const EgressPolicy& policy_;
  const ClientOptions options_;
  Log* log_;
  std::shared_ptr<tls::SessionCache> sessions_;
  std::unique_ptr<io::Resolver> resolver_;  // null where it cannot start
  const std::shared_ptr<Buffers> buffers_;
  std::shared_ptr<Pool> pool_;
};

}  // namespace weir::http::client
