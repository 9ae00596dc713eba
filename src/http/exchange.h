#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/admission.h"
#include "http/message.h"
#include "util/executor.h"

namespace weir::io {
class Loop;
class Stream;
struct TlsFacts;
}  // namespace weir::io

namespace weir::http {

// Why an exchange was cancelled.
enum class CancelReason : uint8_t { client_gone, timeout, drain, limit, handler_gone };

// How an exchange ended, for the access log and metrics.
enum class Outcome : uint8_t { ok, trap, timeout, cpu, out_of_memory, cancelled, refused, error };

// What a handler tells the server, for the log above all, about an exchange.
struct Annotations {
  Outcome outcome = Outcome::ok;
  uint64_t guest_cpu_ns = 0;
  uint64_t instantiation_ns = 0;
  // For the answer that the server makes where the handler gives an error: its Proxy-Status field.
  std::string proxy_status;
};

// The circumstances of one request: lives until the bodies of the request and
// of its response have both ended, on one loop. A handler that calls another
// one gives it an exchange of its own that knows its root.
class Exchange {
 public:
  virtual ~Exchange() = default;

  virtual io::Loop& loop() = 0;
  // A valid `x-request-id` of the client, else 16 hex digits.
  virtual std::string_view request_id() const = 0;
  // "IP:port", "[IP]:port" or "unix:PATH"; for people and logs.
  virtual std::string_view peer_address() const = 0;
  virtual std::string_view local_address() const = 0;
  // True where the request came over TLS.
  virtual bool secure() const = 0;
  // What TLS agreed on with the client, and who it says it is; null without TLS.
  virtual const io::TlsFacts* tls() const { return nullptr; }
  // When the response head must be there, in nanoseconds of the loop's clock;
  // none without a limit.
  virtual std::optional<uint64_t> deadline() const = 0;

  // Set once, when nobody waits for the answer any more or a limit has struck.
  // `on_cancel` waiters are woken then.
  virtual std::optional<CancelReason> cancelled() const = 0;
  virtual void on_cancel(Waiter& waiter) = 0;

  // Sends an informational response before the head. Dropped silently where the
  // protocol or the client cannot take it (HTTP/1.0) or once the head is out.
  virtual void inform(Informational response) = 0;

  virtual Annotations& annotations() = 0;

  // The request's place among those that are worked on, for work on its behalf that outlives this
  // exchange. Empty where there is none, or it was taken already.
  virtual Admission::Place take_place() { return {}; }

  // The exchange of the request that arrived from outside.
  virtual Exchange& root() = 0;

  // Turns the connection into a tunnel: a byte stream in both directions after the response's head.
  class Tunnel {
   public:
    virtual ~Tunnel() = default;
    // The head is on its way. From now on both directions are the tunnel's, from the first byte
    // after the request and after the head. `stream` is used on the exchange's loop; destroying it
    // closes the connection and ends the exchange, which destroys the tunnel in a later turn. A
    // connection that is cut makes the stream fail, then destroys the tunnel.
    virtual void open(std::unique_ptr<io::Stream> stream) = 0;
  };
  // Called before a handler answers 101 to a request that offers `upgrade`, or 2xx to CONNECT; any
  // other answer drops the tunnel unopened. False where the request cannot become a tunnel: then
  // the handler answers otherwise. Components never call it; native proxies do.
  virtual bool accept_tunnel(std::unique_ptr<Tunnel> tunnel) = 0;
};

}  // namespace weir::http
