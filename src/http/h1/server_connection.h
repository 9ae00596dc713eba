#pragma once

#include <memory>
#include <string>

#include "http/h1/chunked.h"
#include "http/h1/request_head.h"
#include "http/handler.h"
#include "io/loop.h"
#include "io/stream.h"

namespace weir::http::h1 {

// What connections of a server have in common; outlives them.
struct ServerSettings {
  HeadLimits head;
  uint64_t head_timeout_ns = 10'000'000'000;
  uint64_t idle_timeout_ns = 60'000'000'000;
  uint64_t read_timeout_ns = 30'000'000'000;
  uint64_t write_timeout_ns = 30'000'000'000;
  // From a request's head to its response's head; 0 for none.
  uint64_t response_timeout_ns = 30'000'000'000;
  bool half_close = false;
};

class ServerConnection;

// Who keeps a connection.
class ConnectionOwner {
 public:
  // The connection has ended: destroy it, now or later.
  virtual void closed(ServerConnection& connection) = 0;
  virtual bool draining() const = 0;
  // The current date as a field value, and 16 random hex digits.
  virtual std::string_view date() = 0;
  virtual std::string new_request_id() = 0;
  virtual void finished(Exchange& exchange, std::string_view method, std::string_view target,
                        uint16_t status, uint64_t bytes) = 0;

 protected:
  ~ConnectionOwner() = default;
};

// One HTTP/1.x connection of a server: reads requests, gives each to a handler, writes the answer.
// One request at a time; what is pipelined waits in the socket.
class ServerConnection final : public Exchange {
 public:
  // Who speaks with whom, for people; and whether over TLS.
  struct Endpoints {
    std::string peer, local;
    bool secure = false;
  };
  ServerConnection(io::Loop& loop, std::unique_ptr<io::Stream> stream, Handler& handler,
                   const ServerSettings& settings, ConnectionOwner& owner, Endpoints endpoints);
  ~ServerConnection() override;

  void start() { read_event_.wake(); }
  // Ends when it is idle, or after the current answer.
  void drain();

  io::Loop& loop() override { return loop_; }
  std::string_view request_id() const override { return request_id_; }
  std::string_view peer_address() const override { return endpoints_.peer; }
  std::string_view local_address() const override { return endpoints_.local; }
  bool secure() const override { return endpoints_.secure; }
  std::optional<uint64_t> deadline() const override;
  std::optional<CancelReason> cancelled() const override { return cancelled_; }
  void on_cancel(Waiter& waiter) override;
  void inform(Informational response) override;
  Annotations& annotations() override { return annotations_; }
  Exchange& root() override { return *this; }
  bool accept_tunnel(std::unique_ptr<Tunnel>) override { return false; }

 private:
  class IncomingBody;
  enum class State : uint8_t { idle, head, handling, responding, lingering, closed };
  struct Event : Waiter {
    Event(io::Loop& loop, ServerConnection& owner, void (ServerConnection::*what)())
        : Waiter(loop), owner(owner), what(what) {}
    void fire() override { (owner.*what)(); }
    ServerConnection& owner;
    void (ServerConnection::*what)();
  };
  struct Alarm : io::Timer {
    explicit Alarm(ServerConnection& owner) : owner(owner) {}
    void expired() override { owner.on_timeout(); }
    ServerConnection& owner;
  };

  void on_readable();
  void on_writable();
  void on_hang_up();
  void on_body();
  void on_timeout();

  void read_head();
  void begin(RequestHead head);
  static io::Task<void> run(ServerConnection& self, Request request);
  void respond(Response response);
  void write_head(const Response& response, bool close);
  void refuse(uint16_t status, std::string_view why);
  void pump();
  // Writes what is buffered; false while the socket is full or when the connection broke.
  bool flush();
  void end_response();
  void next_request();
  void linger();
  void fail_response();
  void cancel(CancelReason reason);
  void close();
  void arm(uint64_t nanoseconds);
  bool fill();

  // The request's body, as `IncomingBody` asks for it.
  size_t poll_body(size_t max, std::span<uint8_t> target, Body::Frame& frame, Waiter* waiter);
  void send_continue();

  io::Loop& loop_;
  std::unique_ptr<io::Stream> stream_;
  Handler& handler_;
  const ServerSettings& settings_;
  ConnectionOwner& owner_;
  const Endpoints endpoints_;
  State state_ = State::idle;
  Event read_event_, write_event_, hang_up_event_, body_event_;
  Alarm alarm_;

  std::string in_;
  size_t in_at_ = 0;
  size_t scanned_ = 0;

  // The current request.
  std::string request_id_;
  std::string method_, target_;
  Annotations annotations_;
  std::optional<CancelReason> cancelled_;
  WaitList cancel_waiters_;
  io::Task<void> task_;
  std::optional<Result<Response, ErrorCode>> answer_;
  uint64_t head_deadline_ = 0;
  IncomingBody* incoming_ = nullptr;
  bool body_chunked_ = false, body_done_ = true, body_failed_ = false, body_abandoned_ = false;
  uint64_t body_left_ = 0;
  ChunkedDecoder decoder_;
  bool expects_continue_ = false, takes_trailers_ = false, is_head_ = false, keep_alive_ = true;
  bool http_1_0_ = false, trailers_given_ = false;

  // The current response.
  enum class Framing : uint8_t { none, length, chunked, until_close };
  BodyPtr outgoing_;
  Framing framing_ = Framing::none;
  uint64_t out_left_ = 0;
  uint64_t out_bytes_ = 0;
  uint16_t status_ = 0;
  std::string out_;
  size_t out_at_ = 0;
  Bytes slice_;       // written after `out_`
  std::string tail_;  // written after `slice_`
  bool ending_ = false, close_after_ = false, broken_ = false;
};

}  // namespace weir::http::h1
