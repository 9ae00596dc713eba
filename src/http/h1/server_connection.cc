#include "http/h1/server_connection.h"

#include <algorithm>

#include "http/status.h"

namespace weir::http::h1 {
namespace {

constexpr uint64_t kDiscardLimit = 64 << 10;
constexpr uint64_t kLinger = 2'000'000'000;
constexpr uint64_t kDrainGrace = 1'000'000'000;
// Requests that one connection may have answered before others get their turn.
constexpr int kRequestsATurn = 16;
// What a log said of a request is written into the same memory for the next one.
constexpr size_t kKeptForLog = 128;

bool valid_request_id(std::string_view id) {
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == '.' || c == ':' || c == '/' || c == '+' || c == '=';
  });
}

// Keeps no more of a text than the next one is likely to need.
void forget(std::string& text) {
  text.clear();
  if (text.capacity() > kKeptForLog) text.shrink_to_fit();
}

}  // namespace

ServerConnection::ServerConnection(io::Loop& loop, std::unique_ptr<io::Stream> stream,
                                   Handler& handler, const ServerSettings& settings,
                                   ConnectionOwner& owner, Endpoints endpoints)
    : loop_(loop),
      stream_(std::move(stream)),
      handler_(handler),
      settings_(settings),
      owner_(owner),
      endpoints_(std::move(endpoints)),
      reader_(loop, *this, settings, owner.buffers(), owner.budget()),
      writer_(owner.buffers(), owner.budget()),
      answer_event_(loop, *this),
      write_event_(loop, *this),
      hang_up_event_(loop, *this),
      queue_event_(loop, *this),
      tunnel_event_(loop, *this),
      alarm_(*this),
      write_alarm_(*this),
      duration_alarm_(*this) {}

ServerConnection::~ServerConnection() {
  if (state_ != State::closed) cut(CancelReason::drain);
}

void ServerConnection::start() {
  idle_since_ = loop_.now();
  arm(settings_.idle_timeout_ns);
  reader_.wake();
}

void ServerConnection::drain() {
  keep_alive_ = false;
  if (state_ != State::idle) return;
  // Whoever was heard of just now may have a request on its way.
  uint64_t until = idle_since_ + kDrainGrace;
  if (until <= loop_.now()) return close();
  alarm_.arm(loop_, until);
}

void ServerConnection::cut(CancelReason reason) {
  if (state_ == State::closed) return;
  if (in_exchange_) cancel(reason);
  break_off();
}

std::string_view ServerConnection::request_id() const {
  if (request_id_.empty()) request_id_ = owner_.new_request_id();
  return request_id_;
}

std::optional<uint64_t> ServerConnection::deadline() const {
  if (!settings_.response_timeout_ns) return std::nullopt;
  return head_deadline_;
}

void ServerConnection::on_cancel(Waiter& waiter) {
  if (cancelled_)
    waiter.wake();
  else
    cancel_waiters_.add(waiter);
}

// --- reading requests

void ServerConnection::on_input() {
  switch (state_) {
    case State::idle:
    case State::head:
      return serve();
    case State::responding:
      // A client that writes all of its request before it reads would wait for ever.
      if (!reader_.body_held() && !reader_.body_done() && !reader_.body_failed())
        reader_.discard_body(discard_allowance_);
      return;
    case State::discarding:
      return discard();
    case State::lingering:
      return linger();
    default:
      return;
  }
}

void ServerConnection::serve() {
  if (serving_) return;
  serving_ = true;
  for (int count = 0; state_ == State::idle || state_ == State::head; ++count) {
    if (count == kRequestsATurn) {
      reader_.wake();
      break;
    }
    if (!read_head()) break;
  }
  serving_ = false;
}

// False where more has to come first.
bool ServerConnection::read_head() {
  auto head = reader_.read_head(*stream_, endpoints_.secure, endpoints_.local);
  if (!head.ok()) {
    refuse(head.error(), true);
    return true;
  }
  if (head->has_value()) {
    Admission::Place none;
    if (late() && depart(**head, loop_.now(), none)) return true;
    begin(std::move(**head), loop_.now(), {});
    return true;
  }
  if (reader_.ended()) {
    close();
  } else if (state_ == State::idle && reader_.has_input()) {
    state_ = State::head;
    arm(settings_.head_timeout_ns);
  }
  return false;
}

// `place`: let in already.
void ServerConnection::begin(RequestHead head, uint64_t since, Admission::Place place) {
  Request& request = head.request;
  in_exchange_ = true;
  alarm_.disarm();
  std::string_view id = request.fields.first("x-request-id");
  request_id_.clear();
  if (valid_request_id(id)) request_id_ = id;
  is_head_ = request.method == "HEAD";
  is_connect_ = request.method == "CONNECT";
  upgrades_ = !request.upgrade.empty();
  http_1_0_ = request.protocol == Protocol::http_1_0;
  takes_trailers_ = head.takes_trailers;
  client_closes_ = !head.keep_alive;
  keep_alive_ = head.keep_alive && !owner_.draining();
  annotations_ = {};
  cancelled_.reset();
  status_ = 0;
  begun_ns_ = answered_ns_ = 0;
  discard_allowance_ = kDiscardLimit;
  head_deadline_ = since + settings_.response_timeout_ns;
  if (owner_.logs_requests()) {
    method_ = request.method;
    authority_ = request.authority;
    target_ = request.target;
    begun_ns_ = since == loop_.now() ? loop_.precise_now() : since;
  }
  request.body = reader_.begin_body(head);
  expects_continue_ = head.expects_continue && request.body;
  if (head.length && *head.length > settings_.max_body) {
    state_ = State::handling;
    annotations_.outcome = Outcome::refused;
    request.body.reset();
    return refuse({413, "the request's content is too large"}, true);
  }
  if (!request.body) request.body = empty_body();
  if (settings_.max_duration_ns) duration_alarm_.arm(loop_, since + settings_.max_duration_ns);
  if (!place) place = owner_.admission().try_enter();
  if (place) return let_in(std::move(place), std::move(request));
  waiting_ = std::make_unique<RequestHead>(std::move(head));
  state_ = State::queued;
  ticket_.emplace(owner_.admission(), owner_.bell(), queue_event_);
  if (!ticket_->queued()) {
    ticket_.reset();
    annotations_.outcome = Outcome::refused;
    return refuse({503, "too many requests"}, false);
  }
  arm(settings_.queue_timeout_ns);
  watch_hang_up();
}

void ServerConnection::on_queue() {
  if (state_ != State::queued) return;
  Admission::Place place = ticket_->claim();
  if (!place) return;
  ticket_.reset();
  std::unique_ptr<RequestHead> head = std::move(waiting_);
  if (late() && depart(*head, head_deadline_ - settings_.response_timeout_ns, place)) return;
  let_in(std::move(place), std::move(head->request));
}

void ServerConnection::let_in(Admission::Place place, Request request) {
  place_ = std::move(place);
  counted_ = true;
  owner_.begin_request();
  dispatch(std::move(request));
}

void ServerConnection::dispatch(Request request) {
  state_ = State::handling;
  task_ = handler_.handle(std::move(request), *this);
  // Answers that are there at once leave together.
  if (task_.start(&answer_event_)) return loop_.post_at_turn_end(answer_event_);
  if (settings_.response_timeout_ns)
    alarm_.arm(loop_, head_deadline_);
  else
    alarm_.disarm();
  watch_hang_up();
}

void ServerConnection::on_body_wanted() {
  if (!expects_continue_) return;
  expects_continue_ = false;
  if (state_ != State::handling || reader_.has_input()) return;
  writer_.inform({100, {}});
  if (writer_.flush(*stream_, write_event_) == OutputBuffer::Flush::broken) hang_up_event_.wake();
}

void ServerConnection::on_body_over() {
  if (state_ == State::finishing) {
    if (reader_.body_failed() || reader_.ended()) keep_alive_ = false;
    if (!reader_.body_held() || reader_.body_failed()) end_exchange();
    return;
  }
  if (!reader_.body_failed()) return;
  keep_alive_ = false;
  if (state_ == State::handling) {
    refuse_content();
  } else if (state_ == State::responding && reader_.body_refusal() &&
             reader_.body_refusal()->status == 408) {
    cut(CancelReason::timeout);
  }
}

// The request's content has failed before there was an answer.
void ServerConnection::refuse_content() {
  keep_alive_ = false;
  std::optional<Refusal> refusal = reader_.body_refusal();
  // The peer has ended within its message.
  if (!refusal && settings_.half_close && !reader_.broken())
    refusal = Refusal{400, "the request's content is cut short"};
  if (!refusal) return cut(CancelReason::client_gone);
  cancel(refusal->status == 408 ? CancelReason::timeout : CancelReason::limit);
  annotations_.outcome = refusal->status == 408 ? Outcome::timeout : Outcome::refused;
  refuse(*refusal, true);
}

// --- answering

void ServerConnection::on_answer() {
  if (state_ == State::responding) return pump();
  if (state_ != State::handling) return;
  Result<Response, ErrorCode> answer = task_.take();
  task_ = {};
  if (answer.ok()) return respond(std::move(*answer));
  if (reader_.body_failed()) return refuse_content();
  if (annotations_.outcome == Outcome::ok) annotations_.outcome = Outcome::error;
  refuse({recommended_status(answer.error()), ""}, false);
}

void ServerConnection::refuse(const Refusal& refusal, bool final) {
  alarm_.disarm();
  waiting_.reset();
  if (!in_exchange_) {
    // Nothing of the request was understood.
    in_exchange_ = true;
    reader_.forget_body();
    request_id_.clear();
    method_.clear();
    authority_.clear();
    target_.clear();
    annotations_ = {};
    annotations_.outcome = refusal.status == 408 ? Outcome::timeout : Outcome::refused;
    cancelled_.reset();
    begun_ns_ = owner_.logs_requests() ? loop_.precise_now() : 0;
    is_head_ = is_connect_ = upgrades_ = http_1_0_ = expects_continue_ = false;
  }
  if (final) keep_alive_ = client_closes_ = false;
  Response response;
  response.status = refusal.status;
  std::string text = std::to_string(refusal.status);
  text += ' ';
  text += reason_phrase(refusal.status);
  if (*refusal.why) text.append(": ").append(refusal.why);
  text += '\n';
  response.fields.append("content-type", "text/plain");
  if (refusal.status == 503) response.fields.append("retry-after", "1");
  if (!annotations_.proxy_status.empty())
    response.fields.append("proxy-status", annotations_.proxy_status);
  response.body = bytes_body(Bytes::copy(text));
  respond(std::move(response));
}

void ServerConnection::respond(Response response) {
  bool tunnel = tunnel_ && may_become_tunnel(response.status);
  if (!tunnel) {
    tunnel_.reset();
    // Only a tunnel can follow these, and there is none (RFC 9110 sections 9.3.6 and 15.2.2).
    if (response.status < 200 || (is_connect_ && response.status / 100 == 2)) {
      annotations_.outcome = is_connect_ ? Outcome::refused : Outcome::error;
      response.body->abort(ErrorCode::Kind::http_upgrade_failed);
      return refuse(is_connect_ ? Refusal{501, "there is no tunnel here"} : Refusal{500, ""},
                    is_connect_);
    }
  }
  // An answer that goes on with the content: a client that waits to send it has to hear that first.
  if (response.status / 100 == 2 && reader_.body_held()) on_body_wanted();
  alarm_.disarm();
  state_ = State::responding;
  failing_ = false;
  status_ = response.status;
  if (begun_ns_) answered_ns_ = loop_.precise_now();
  if (owner_.draining()) keep_alive_ = false;
  if (expects_continue_) {
    // The client may send its content or not, and nobody can tell which (RFC 9110 section 10.1.1).
    expects_continue_ = false;
    keep_alive_ = false;
  }
  // Content that nobody will read is discarded up to a limit, else the connection ends with this.
  if (!reader_.body_done() && !reader_.body_held()) {
    std::optional<uint64_t> left = reader_.decoder().left();
    if (left && *left > kDiscardLimit) keep_alive_ = false;
  }
  keep_alive_ = writer_.begin(std::move(response), {.to_head = is_head_,
                                                    .http_1_0 = http_1_0_,
                                                    .takes_trailers = takes_trailers_,
                                                    .keep_alive = keep_alive_,
                                                    .tunnel = tunnel,
                                                    .date = owner_.date()});
  pump();
}

void ServerConnection::inform(Informational response) {
  if (http_1_0_ || state_ != State::handling || response.status == 101 ||
      response.status / 100 != 1)
    return;
  if (response.status == 100) {
    if (!expects_continue_) return;
    expects_continue_ = false;
  }
  writer_.inform(response);
  if (writer_.flush(*stream_, write_event_) == OutputBuffer::Flush::broken) hang_up_event_.wake();
}

void ServerConnection::pump() {
  uint64_t before = writer_.total_written();
  switch (writer_.pump(*stream_, answer_event_, write_event_)) {
    case ResponseWriter::Progress::complete:
      return end_response();
    case ResponseWriter::Progress::body_pending:
      if (!failing_) write_alarm_.disarm();
      return watch_hang_up();
    case ResponseWriter::Progress::socket_full:
      if (!write_alarm_.armed() || writer_.total_written() != before)
        write_alarm_.arm(loop_, loop_.now() + settings_.write_timeout_ns);
      return watch_hang_up();
    case ResponseWriter::Progress::failing:
      // What came before is for a client that takes it soon.
      if (!std::exchange(failing_, true)) write_alarm_.arm(loop_, loop_.now() + kLinger);
      return watch_hang_up();
    case ResponseWriter::Progress::broken:
      return cut(CancelReason::client_gone);
    case ResponseWriter::Progress::failed:
      return fail_answer();
  }
}

// The content of the answer has failed.
void ServerConnection::fail_answer() {
  writer_.abort(ErrorCode::Kind::connection_terminated);
  if (annotations_.outcome == Outcome::ok) annotations_.outcome = Outcome::error;
  break_off();
}

void ServerConnection::on_writable() {
  writer_.on_writable();
  if (state_ == State::responding) return pump();
  if (state_ == State::handling &&
      writer_.flush(*stream_, write_event_) == OutputBuffer::Flush::broken)
    cut(CancelReason::client_gone);
}

void ServerConnection::end_response() {
  write_alarm_.disarm();
  duration_alarm_.disarm();
  if (tunnel_) return open_tunnel();
  writer_.clear();
  if (reader_.body_held() && !reader_.body_failed()) {
    // The handler may go on with the request's content for as long as it likes.
    state_ = State::finishing;
    return watch_hang_up();
  }
  end_exchange();
}

// Tells the log, and forgets the request.
void ServerConnection::end_exchange() {
  reader_.take_body(ErrorCode::Kind::connection_terminated);
  writer_.clear();
  if (begun_ns_) {
    owner_.finished({.exchange = *this,
                     .annotations = annotations_,
                     .method = method_,
                     .authority = authority_,
                     .target = target_,
                     .protocol = http_1_0_ ? Protocol::http_1_0 : Protocol::http_1_1,
                     .status = status_,
                     .received = reader_.decoder().received(),
                     .sent = writer_.sent(),
                     .begun_ns = begun_ns_,
                     .answered_ns = answered_ns_,
                     .ended_ns = loop_.precise_now()});
    forget(method_);
    forget(authority_);
    forget(target_);
  }
  in_exchange_ = false;
  if (std::exchange(counted_, false)) owner_.end_request();
  place_ = {};
  if (state_ != State::closed) after_exchange();
}

void ServerConnection::after_exchange() {
  hang_up_event_.cancel();
  answer_event_.cancel();
  write_event_.cancel();
  if (!keep_alive_) {
    // What the client sent and nobody read would turn the close into a reset, which destroys the
    // answer on its way.
    if (client_closes_ && reader_.body_done() && !reader_.has_input()) return close();
    stream_->shut_down_writes();
    state_ = State::lingering;
    arm(kLinger);
    return linger();
  }
  if (!reader_.body_done()) {
    state_ = State::discarding;
    arm(kLinger);
    return discard();
  }
  if (reader_.decoder().chunked()) reader_.forget_body();
  state_ = State::idle;
  idle_since_ = loop_.now();
  arm(settings_.idle_timeout_ns);
  serve();
}

void ServerConnection::discard() {
  switch (reader_.discard_body(discard_allowance_)) {
    case RequestReader::Discard::more:
      return;
    case RequestReader::Discard::done:
      return after_exchange();
    case RequestReader::Discard::too_much:
      keep_alive_ = client_closes_ = false;
      return after_exchange();
    case RequestReader::Discard::ended:
      return close();
  }
}

void ServerConnection::linger() {
  if (!reader_.drain()) close();
}

// --- tunnels

bool ServerConnection::accept_tunnel(std::unique_ptr<Tunnel> tunnel) {
  if (state_ != State::handling || (!is_connect_ && !upgrades_)) return false;
  tunnel_ = std::move(tunnel);
  return true;
}

void ServerConnection::open_tunnel() {
  writer_.clear();
  hang_up_event_.cancel();
  reader_.take_body(ErrorCode::Kind::connection_terminated);
  state_ = State::tunnel;
  auto stream = std::make_unique<TunnelStream>(*stream_, reader_.take_rest(), tunnel_event_);
  tunnel_stream_ = stream.get();
  reader_.close();
  tunnel_->open(std::move(stream));
}

void ServerConnection::on_tunnel_closed() {
  tunnel_stream_ = nullptr;
  close();
}

// --- ends

void ServerConnection::watch_hang_up() {
  if (!settings_.half_close) stream_->watch_hang_up(&hang_up_event_);
}

void ServerConnection::on_hang_up() {
  switch (state_) {
    case State::queued:
    case State::handling:
    case State::responding:
    case State::finishing:
      return cut(CancelReason::client_gone);
    default:
      return;
  }
}

void ServerConnection::cancel(CancelReason reason) {
  if (cancelled_) return;
  cancelled_ = reason;
  cancel_waiters_.wake_all();
  task_ = {};
  waiting_.reset();
  writer_.abort(ErrorCode::Kind::connection_terminated);
  reader_.take_body(ErrorCode::Kind::connection_terminated);
  // A handler has had its last word on what it thinks of it.
  if (annotations_.outcome == Outcome::ok)
    annotations_.outcome = reason == CancelReason::timeout ? Outcome::timeout : Outcome::cancelled;
}

void ServerConnection::on_alarm() {
  switch (state_) {
    case State::head:
      return refuse({408, "the request head took too long"}, true);
    case State::queued:
      annotations_.outcome = Outcome::refused;
      ticket_.reset();
      queue_event_.cancel();
      return refuse({503, "too many requests"}, false);
    case State::handling:
      cancel(CancelReason::timeout);
      return refuse({504, "no answer in time"}, false);
    default:
      return close();
  }
}

void ServerConnection::on_write_alarm() { failing_ ? fail_answer() : cut(CancelReason::timeout); }

void ServerConnection::on_duration_alarm() {
  if (state_ == State::handling || state_ == State::queued) {
    ticket_.reset();
    queue_event_.cancel();
    cancel(CancelReason::timeout);
    return refuse({504, "the request took too long"}, false);
  }
  if (in_exchange_) cut(CancelReason::timeout);
}

// An answer under way must not look complete: it has no last chunk, or is short of its length;
// where only the close would end it, a reset does.
void ServerConnection::break_off() {
  if (state_ == State::responding && writer_.until_close()) stream_->reset();
  close();
}

void ServerConnection::close() {
  if (state_ == State::closed) return;
  ticket_.reset();
  stop();
  task_ = {};
  waiting_.reset();
  if (tunnel_stream_) std::exchange(tunnel_stream_, nullptr)->detach();
  tunnel_.reset();
  reader_.close();
  if (in_exchange_) end_exchange();
  writer_.clear();
  stream_.reset();
  owner_.closed(*this);
}

}  // namespace weir::http::h1
