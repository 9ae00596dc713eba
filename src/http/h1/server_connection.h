#pragma once

#include <memory>
#include <optional>
#include <string>

#include "http/h1/connection_owner.h"
#include "http/h1/request_reader.h"
#include "http/h1/response_writer.h"
#include "http/h1/server_settings.h"
#include "http/h1/tunnel_stream.h"
#include "http/handler.h"
#include "io/loop.h"
#include "io/stream.h"
#include "io/timer.h"

namespace weir::http::h1 {

// One HTTP/1.x connection of a server: reads requests, gives each to a handler, writes the answer.
// One request at a time; what is pipelined waits in the socket. It is the exchange of its current
// request.
class ServerConnection final : public Exchange, private RequestReader::Owner {
 public:
  using Endpoints = h1::Endpoints;
  // All but the stream and the endpoints outlive it.
  ServerConnection(io::Loop& loop, std::unique_ptr<io::Stream> stream, Handler& handler,
                   const ServerSettings& settings, ConnectionOwner& owner, Endpoints endpoints);
  ~ServerConnection() override;

  // One of the two comes first: waits for a request, or goes on with the one of `handover`, whose
  // stream and endpoints it has been made of.
  void start();
  void go_on(Handover handover);
  // Ends after the current answer. An idle one ends when nobody was heard of for a second.
  void drain();
  // Ends now, whatever goes on.
  void cut(CancelReason reason);

  io::Loop& loop() override { return loop_; }
  std::string_view request_id() const override;
  std::string_view peer_address() const override { return endpoints_.peer; }
  std::string_view local_address() const override { return endpoints_.local; }
  bool secure() const override { return endpoints_.secure; }
  const io::TlsFacts* tls() const override { return stream_ ? stream_->tls() : nullptr; }
  std::optional<uint64_t> deadline() const override;
  std::optional<CancelReason> cancelled() const override { return cancelled_; }
  void on_cancel(Waiter& waiter) override;
  void inform(Informational response) override;
  Annotations& annotations() override { return annotations_; }
  Admission::Place take_place() override { return std::move(place_); }
  Exchange& root() override { return *this; }
  bool accept_tunnel(std::unique_ptr<Tunnel> tunnel) override;

 private:
  enum class State : uint8_t {
    idle,        // no byte of a request has come
    head,        // a head is coming
    queued,      // waits for other requests to end
    handling,    // the handler has not answered
    responding,  // the answer is on its way
    finishing,   // the answer is out, but the handler still reads the request's content
    discarding,  // content that nobody wants is read away before the next request
    lingering,   // nothing more is written; waits for the peer to close
    tunnel,
    closed,
  };
  template <auto Function>
  using Event = io::MemberWaiter<Function, ServerConnection>;
  template <auto Function>
  using Alarm = io::MemberTimer<Function, ServerConnection>;

  // RequestReader::Owner
  void on_input() override;
  void on_body_wanted() override;
  void on_body_over() override;

  void on_answer();
  void on_writable();
  void on_hang_up();
  void on_queue();
  void on_tunnel_closed();
  void on_alarm();
  void on_write_alarm();
  void on_duration_alarm();

  // Reads and answers requests until somebody has to wait.
  void serve();
  bool read_head();
  void begin(RequestHead head, uint64_t since, Admission::Place place);
  void let_in(Admission::Place place, Request request);
  void dispatch(Request request);
  // Whether there may be a better loop for a request that no handler has seen.
  bool late() const {
    return loop_.lag() >= settings_.late_ns || loop_.streak() >= settings_.busy_ns;
  }
  // Takes the connection with this request to a loop that is less busy. False: it stays.
  bool depart(RequestHead& head, uint64_t since, Admission::Place& place);
  void respond(Response response);
  // Answers by itself. `final`: nothing more is read from this connection.
  void refuse(const Refusal& refusal, bool final);
  void refuse_content();
  void pump();
  void fail_answer();
  void end_response();
  void end_exchange();
  void after_exchange();
  void discard();
  void linger();
  void open_tunnel();
  void cancel(CancelReason reason);
  void break_off();
  void close();
  // Closed, and waits for nothing any more.
  void stop();
  bool may_become_tunnel(uint16_t status) const {
    return (upgrades_ && status == 101) || (is_connect_ && status / 100 == 2);
  }
  void arm(uint64_t nanoseconds) { alarm_.arm(loop_, loop_.now() + nanoseconds); }
  void watch_hang_up();

  io::Loop& loop_;
  std::unique_ptr<io::Stream> stream_;
  Handler& handler_;
  const ServerSettings& settings_;
  ConnectionOwner& owner_;
  Endpoints endpoints_;
  State state_ = State::idle;
  bool serving_ = false;
  RequestReader reader_;
  ResponseWriter writer_;
  Event<&ServerConnection::on_answer> answer_event_;
  Event<&ServerConnection::on_writable> write_event_;
  Event<&ServerConnection::on_hang_up> hang_up_event_;
  Event<&ServerConnection::on_queue> queue_event_;
  Event<&ServerConnection::on_tunnel_closed> tunnel_event_;
  // What the state waits for at most.
  Alarm<&ServerConnection::on_alarm> alarm_;
  Alarm<&ServerConnection::on_write_alarm> write_alarm_;
  Alarm<&ServerConnection::on_duration_alarm> duration_alarm_;
  uint64_t idle_since_ = 0;

  // The current request, from its head until its exchange is over.
  bool in_exchange_ = false;
  bool counted_ = false;  // among the owner's requests
  Admission::Place place_;
  std::unique_ptr<RequestHead> waiting_;     // in `queued`
  std::optional<Admission::Ticket> ticket_;  // likewise
  mutable std::string request_id_;
  std::string method_, authority_, target_;  // kept for the log alone
  bool is_head_ = false, is_connect_ = false, upgrades_ = false, http_1_0_ = false;
  bool takes_trailers_ = false, expects_continue_ = false, keep_alive_ = true;
  bool client_closes_ = false;
  bool failing_ = false;  // the content of the answer has, what came before it is being written
  Annotations annotations_;
  std::optional<CancelReason> cancelled_;
  WaitList cancel_waiters_;
  io::Task<Result<Response, ErrorCode>> task_;
  uint64_t head_deadline_ = 0;
  uint64_t discard_allowance_ = 0;
  std::unique_ptr<Tunnel> tunnel_;
  TunnelStream* tunnel_stream_ = nullptr;
  uint16_t status_ = 0;
  uint64_t begun_ns_ = 0, answered_ns_ = 0;
};

}  // namespace weir::http::h1
