#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/client/buffers.h"
#include "http/client/destination.h"
#include "http/h1/chunked.h"
#include "http/h1/output_buffer.h"
#include "http/h1/response_head.h"
#include "http/message.h"
#include "io/address.h"
#include "io/loop.h"
#include "io/stream.h"
#include "io/timer.h"

namespace weir::tls {
class Stream;
}

namespace weir::http::client {

// How long a connection waits, in nanoseconds.
struct Waits {
  uint64_t first_byte_ns = 0;
  uint64_t between_bytes_ns = 0;
  uint64_t write_ns = 0;
};

// One HTTP/1.1 connection to a server: sends a request and reads its response, both at once, one
// exchange after another. Nothing is read from the request's body before the server can take it,
// and nothing from the server's content before somebody polls for it. Destroying it closes the
// connection at once and aborts the request's body.
class Connection {
 public:
  enum class State : uint8_t {
    idle,     // between exchanges
    head,     // the request is on its way, the response's head is not here
    content,  // the head is here
    failed,   // broken: `error` says why
  };

  // What was connected.
  struct Made {
    std::unique_ptr<io::Stream> stream;
    // The stream itself where it is TLS: knows why it failed.
    const tls::Stream* tls = nullptr;
    io::SocketAddress address;
    std::string key;
  };
  // `permit` is released when the connection is gone.
  Connection(io::Loop& loop, Made made, const h1::ResponseLimits& limits,
             std::shared_ptr<Buffers> buffers, std::shared_ptr<void> permit);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  const std::string& key() const { return key_; }
  const io::SocketAddress& address() const { return address_; }
  // How many exchanges have ended.
  unsigned exchanges() const { return exchanges_; }

  // Begins an exchange on an idle connection; takes the request's body. `changed` is woken when the
  // head is here or the exchange has failed; it outlives the wait or is cancelled.
  void send(const Destination& to, Request& request, const Waits& waits, Waiter& changed);
  State state() const { return state_; }
  const ErrorCode& error() const { return error_; }
  // The informational responses that came since the last call, but for 100 and 101. `changed` is
  // woken for them, too.
  std::vector<Informational> take_informational() { return std::exchange(informational_list_, {}); }
  // After the head came: the final response's, once; or a 101's.
  h1::ResponseHead take_head() { return std::move(*head_); }

  // The server has changed to a protocol that the request offers: what is left of the connection.
  bool upgraded() const { return upgraded_; }
  struct Detached {
    std::unique_ptr<io::Stream> stream;
    // What came after the head.
    std::string first;
    std::shared_ptr<void> permit;
  };
  Detached detach();

  // True where nothing of the response had come when the exchange failed because the server closed
  // the connection, and the request's body is as it was: `take_back` returns it.
  bool untouched() const { return closed_by_server_ && !received_ && !body_touched_; }
  BodyPtr take_back() { return std::move(request_body_); }
  // True where the final response came while the request's body was held back for a 100: nothing of
  // it was read, and `take_back` returns it.
  bool held_back() const { return held_back_; }

  // The response's content, in state `content`; as `Body::poll` and `Body::poll_into` (with an
  // empty `target` data comes as bytes of its own).
  size_t poll(size_t max, std::span<uint8_t> target, Body::Frame& frame, Waiter* waiter);
  std::optional<uint64_t> content_left() const;
  bool content_done() const { return content_done_; }

  // The response has ended: whether the request has, too, and whether another exchange may follow.
  bool request_done() const { return sent_all_; }
  bool reusable() const;
  // Makes a reusable connection idle. `gone` is woken when the server closes it or speaks unasked.
  void park(Waiter& gone);
  // Takes it out of that; false where it is no longer good.
  bool unpark();
  // While the rest of a request still flows after its response: woken when that has ended.
  void watch_request(Waiter& changed) { changed_ = &changed; }

  // Wakes `gone` when the server has closed its side; the connection is not failed.
  void watch_hang_up(Waiter& gone) {
    if (stream_) stream_->watch_hang_up(&gone);
  }

  // Ends the exchange and the connection.
  void fail(ErrorCode code);

 private:
  using Kind = ErrorCode::Kind;

  void write_head(const Destination& to, const Request& request);
  void pump();
  bool gather();
  bool flush();
  static std::string last_chunk(const Fields& trailers);
  void on_read();
  void on_alarm();
  void read_head();
  // A head that came; false where the exchange has failed or goes on.
  void take_interim(h1::ResponseHead head);
  void take_final(h1::ResponseHead head);
  void take_upgrade(h1::ResponseHead head);
  // Reads some into `in_`. False: nothing now.
  bool fill();
  std::string_view input() const { return std::string_view(in_).substr(in_at_); }
  void release_input();
  void ended_by_server(int error);
  void finish_content();
  void wake_changed();
  void arm(uint64_t wait) { alarm_.arm(loop_, loop_.now() + wait); }

  io::Loop& loop_;
  std::unique_ptr<io::Stream> stream_;
  const tls::Stream* const tls_;
  const io::SocketAddress address_;
  const std::string key_;
  const h1::ResponseLimits limits_;
  const std::shared_ptr<Buffers> buffers_;
  std::shared_ptr<void> permit_;
  State state_ = State::idle;
  ErrorCode error_ = Kind::connection_terminated;
  Waits waits_;
  Waiter* changed_ = nullptr;
  WaitList readers_;
  io::MemberWaiter<&Connection::on_read, Connection> read_event_;
  io::MemberWaiter<&Connection::pump, Connection> write_event_;
  // The one timer: for writing while bytes wait to be sent, else for the head, else for content
  // that somebody waits for.
  io::MemberTimer<&Connection::on_alarm, Connection> alarm_;

  // The request.
  BodyPtr request_body_;
  bool chunked_ = false, sent_all_ = true, body_done_ = true, body_touched_ = false;
  bool write_blocked_ = false;
  // The body waits for the server's 100, or has waited for it in vain.
  bool holding_ = false, held_back_ = false;
  std::string upgrade_;
  uint64_t declared_ = 0, taken_ = 0;
  h1::OutputBuffer out_;

  // The response.
  std::string in_;
  BudgetShare in_share_;
  size_t in_at_ = 0, scanned_ = 0;
  std::string method_;
  std::optional<h1::ResponseHead> head_;
  h1::ResponseFraming framing_ = h1::ResponseFraming::none;
  h1::ChunkedDecoder decoder_;
  uint64_t left_ = 0;
  bool received_ = false, closed_by_server_ = false, keep_alive_ = true;
  bool content_done_ = false, trailers_given_ = false, waiting_ = false, read_end_ = false;
  bool upgraded_ = false;
  unsigned exchanges_ = 0;
  unsigned informational_ = 0;
  std::vector<Informational> informational_list_;
};

}  // namespace weir::http::client
