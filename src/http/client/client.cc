#include "http/client/client.h"

#include <algorithm>
#include <cerrno>

#include "http/client/joined_tunnel.h"
#include "http/client/tls_errors.h"
#include "io/connect.h"
#include "io/connect_alarm.h"
#include "io/wakeup.h"
#include "tls/stream.h"
#include "util/escape.h"

namespace weir::http::client {
namespace {

using Kind = ErrorCode::Kind;

// The content of a response; gives its connection back when it has ended.
class ResponseBody final : public Body {
 public:
  ResponseBody(std::unique_ptr<Connection> connection, std::weak_ptr<Pool> pool)
      : connection_(std::move(connection)), pool_(std::move(pool)) {}

  Frame poll(size_t max, Waiter* waiter) override {
    Frame frame;
    read(max, {}, frame, waiter);
    return frame;
  }
  size_t poll_into(std::span<uint8_t> target, Frame& frame, Waiter* waiter) override {
    return read(target.size(), target, frame, waiter);
  }
  void abort(ErrorCode code) override {
    if (!connection_ && !error_) return;
    if (!error_) error_ = std::move(code);
    connection_.reset();
  }
  std::optional<uint64_t> length() const override {
    return connection_ ? connection_->content_left() : std::optional<uint64_t>(0);
  }

 private:
  size_t read(size_t max, std::span<uint8_t> target, Frame& frame, Waiter* waiter) {
    if (!connection_) {
      frame = error_ ? Frame::of_error(*error_) : Frame::of_end();
      return 0;
    }
    size_t count = connection_->poll(max, target, frame, waiter);
    if (frame.state == State::end) {
      if (auto pool = pool_.lock()) pool->release(std::move(connection_));
      connection_.reset();
    } else if (frame.state == State::error) {
      error_ = frame.error;
      connection_.reset();
    }
    return count;
  }

  std::unique_ptr<Connection> connection_;
  std::weak_ptr<Pool> pool_;
  std::optional<ErrorCode> error_;
};

// RFC 9110 section 9.2.2.
bool is_idempotent(std::string_view method) {
  static constexpr std::string_view names[] = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"};
  return std::find(std::begin(names), std::end(names), method) != std::end(names);
}

ErrorCode of_connect_error(int error) {
  switch (error) {
    case ETIMEDOUT:
      return Kind::connection_timeout;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
    case EAFNOSUPPORT:
    case EADDRNOTAVAIL:
      return Kind::destination_ip_unroutable;
    case EMFILE:
    case ENFILE:
      return Kind::connection_limit_reached;
    default:
      return Kind::connection_refused;
  }
}

// What connections are kept by: where they go, and what the policy lets them be connected to.
std::string pool_key(const Destination& to, EgressPolicy::Grant grant) {
  return to.key() + static_cast<char>('0' + static_cast<int>(grant));
}

std::string bracketed(const Destination& to) {
  std::string host = to.host.find(':') == std::string::npos ? to.host : "[" + to.host + "]";
  return host + ":" + std::to_string(to.port);
}

}  // namespace

Client::Client(io::Loop& loop, const EgressPolicy& policy, ClientOptions options, Log* log)
    : loop_(loop),
      policy_(policy),
      options_(std::move(options)),
      log_(log),
      sessions_(std::make_shared<tls::SessionCache>()),
      buffers_(std::make_shared<Buffers>(options_.budget)),
      pool_(std::make_shared<Pool>(loop, options_.pool)) {
  auto resolver = io::Resolver::create(loop, options_.resolver);
  if (resolver) {
    resolver_ = std::move(*resolver);
  } else if (log_) {
    log_->error(resolver.error().message);
  }
}

void Client::say_denied(const Destination& to, const char* what, const std::string& flag) {
  if (!log_) return;
  log_->warning("outgoing request to " + escaped(to.scheme + "://" + bracketed(to)) +
                " refused: " + what + "; allow it with --allow-outbound " + escaped(flag));
}

io::Task<Result<Connection::Made, ErrorCode>> Client::open(const Destination& to,
                                                           EgressPolicy::Grant grant,
                                                           uint64_t timeout_ns) {
  const uint64_t start = loop_.now();
  if (!resolver_) co_return Err(ErrorCode(Kind::configuration_error));
  auto found = co_await resolver_->resolve(to.host, to.port, timeout_ns);
  if (!found) {
    if (found.error().timed_out) co_return Err(ErrorCode(Kind::dns_timeout));
    // There is no info-code: the resolver hears of no extended error.
    co_return Err(ErrorCode(Kind::dns_error, std::move(found.error().rcode)));
  }
  // The addresses that are checked are the ones that are connected to.
  std::vector<io::SocketAddress> allowed;
  for (const io::SocketAddress& address : *found) {
    if (EgressPolicy::check_address(grant, address.data())) allowed.push_back(address);
  }
  if (allowed.empty()) {
    say_denied(to, "its address is private", "private");
    co_return Err(ErrorCode(Kind::destination_ip_prohibited));
  }

  uint64_t spent = loop_.now() - start;
  if (spent >= timeout_ns) co_return Err(ErrorCode(Kind::connection_timeout));
  auto stream = co_await io::connect(loop_, std::move(allowed), timeout_ns - spent);
  if (!stream) co_return Err(of_connect_error(stream.error()));
  Connection::Made made;
  made.address = io::peer_of((*stream)->fd());
  made.key = pool_key(to, grant);
  made.stream = std::move(*stream);
  if (to.scheme != "https") co_return std::move(made);

  spent = loop_.now() - start;
  auto secured =
      co_await secure(to, std::move(made.stream), spent < timeout_ns ? timeout_ns - spent : 1);
  if (!secured) co_return Err(std::move(secured).error());
  made.tls = secured->get();
  made.stream = std::move(*secured);
  co_return std::move(made);
}

io::Task<Result<std::unique_ptr<tls::Stream>, ErrorCode>> Client::secure(
    const Destination& to, std::unique_ptr<io::Stream> stream, uint64_t timeout_ns) {
  auto tls = tls::Stream::client(loop_, std::move(stream), options_.tls, to.host, sessions_,
                                 to.host + " " + std::to_string(to.port), options_.budget);
  io::Wakeup event(loop_);
  io::WakeupAlarm alarm(event);
  alarm.start(loop_, timeout_ns);
  while (true) {
    auto result = tls->handshake(&event);
    if (result.state == io::IoResult::State::done) co_return std::move(tls);
    if (result.state == io::IoResult::State::failed) break;
    if (alarm.over()) co_return Err(ErrorCode(Kind::connection_timeout));
    co_await event;
  }
  const tls::Failure& failure = tls->failure();
  if (log_ && failure.kind == tls::Failure::Kind::certificate)
    log_->warning("outgoing request to " + escaped(to.scheme + "://" + bracketed(to)) +
                  " refused: the server's certificate: " + failure.text +
                  (failure.text.find("issuer") != std::string::npos ||
                           failure.text.find("self") != std::string::npos
                       ? "; --ca-file names authorities to trust"
                       : ""));
  co_return Err(of_tls_failure(failure));
}

// Who may open a connection: waits in line where the pool is full. Null: in vain.
io::Task<std::shared_ptr<void>> Client::permit(const std::string& key, bool fresh,
                                               uint64_t timeout_ns) {
  std::shared_ptr<void> permit = pool_->permit(key);
  if (permit) co_return permit;
  io::Wakeup event(loop_);
  io::WakeupAlarm alarm(event);
  alarm.start(loop_, timeout_ns);
  while (!alarm.over()) {
    pool_->wait(event);
    co_await event;
    // One that somebody else has finished with may serve as well.
    if (!fresh && pool_->has_idle(key)) break;
    permit = pool_->permit(key);
    if (permit) co_return permit;
  }
  co_return nullptr;
}

io::Task<Client::Opened> Client::open_or_wait(const Destination& to, EgressPolicy::Grant grant,
                                              bool fresh, uint64_t timeout_ns) {
  const std::string key = pool_key(to, grant);
  const uint64_t start = loop_.now();
  while (true) {
    if (!fresh) {
      if (auto kept = pool_->take(key, grant)) co_return std::move(kept);
    }
    if (timeout_ns == 0) co_return Err(ErrorCode(Kind::connection_timeout));
    uint64_t spent = loop_.now() - start;
    if (spent >= timeout_ns) co_return Err(ErrorCode(Kind::connection_limit_reached));
    std::shared_ptr<void> right = co_await permit(key, fresh, timeout_ns - spent);
    if (!right) continue;
    spent = loop_.now() - start;
    auto stream = co_await open(to, grant, spent < timeout_ns ? timeout_ns - spent : 1);
    if (!stream) co_return Err(std::move(stream).error());
    co_return std::make_unique<Connection>(loop_, std::move(*stream), options_.head, buffers_,
                                           std::move(right));
  }
}

// The tunnel that CONNECT asks for: bytes both ways, not looked at.
io::Task<Result<Response, ErrorCode>> Client::tunnel(Destination to, EgressPolicy::Grant grant,
                                                     uint64_t timeout_ns, Exchange& exchange) {
  auto made =
      std::make_unique<JoinedTunnel>(loop_, options_.tunnel_idle_timeout_ns, options_.budget);
  JoinedTunnel& joined = *made;
  if (!exchange.accept_tunnel(std::move(made))) co_return Err(ErrorCode(Kind::http_protocol_error));
  std::shared_ptr<void> right = co_await permit(pool_key(to, grant), true, timeout_ns);
  if (!right) co_return Err(ErrorCode(Kind::connection_limit_reached));
  // What flows is the client's to encrypt.
  to.scheme = "http";
  auto opened = co_await open(to, grant, timeout_ns);
  if (!opened) co_return Err(std::move(opened).error());
  joined.join(std::move(opened->stream), {}, std::move(right));
  Response response;
  response.body = empty_body();
  co_return response;
}

Result<Response, ErrorCode> Client::upgrade(Connection& connection, h1::ResponseHead head,
                                            Exchange& exchange) {
  auto tunnel =
      std::make_unique<JoinedTunnel>(loop_, options_.tunnel_idle_timeout_ns, options_.budget);
  Connection::Detached rest = connection.detach();
  tunnel->join(std::move(rest.stream), std::move(rest.first), std::move(rest.permit));
  if (!exchange.accept_tunnel(std::move(tunnel))) return Err(ErrorCode(Kind::http_upgrade_failed));
  Response response;
  response.status = 101;
  response.fields = std::move(head.fields);
  response.fields.set("upgrade", head.upgrade);
  response.body = empty_body();
  return response;
}

io::Task<Result<Response, ErrorCode>> Client::handle(Request request, Exchange& exchange) {
  auto to = destination_of(request);
  if (!to) co_return Err(std::move(to).error());
  auto grant = policy_.check_name(to->scheme, to->host, to->port);
  if (grant == EgressPolicy::Grant::denied) {
    say_denied(*to, "nothing allows it", to->scheme + "://" + bracketed(*to));
    co_return Err(ErrorCode(Kind::http_request_denied));
  }
  const RequestOptions& wanted = request.options;
  const uint64_t connect_timeout = wanted.connect_timeout_ns.value_or(options_.connect_timeout_ns);
  if (request.method == "CONNECT")
    co_return co_await tunnel(std::move(*to), grant, connect_timeout, exchange);
  if (to->scheme == "https" && !options_.tls) co_return Err(ErrorCode(Kind::configuration_error));

  Waits waits{wanted.first_byte_timeout_ns.value_or(options_.first_byte_timeout_ns),
              wanted.between_bytes_timeout_ns.value_or(options_.between_bytes_timeout_ns),
              options_.write_timeout_ns};
  const std::string key = pool_key(*to, grant);
  bool retrying = false;
  while (true) {
    std::unique_ptr<Connection> connection = retrying ? nullptr : pool_->take(key, grant);
    if (!connection) {
      auto opened = co_await open_or_wait(*to, grant, retrying, connect_timeout);
      if (!opened) co_return Err(std::move(opened).error());
      connection = std::move(*opened);
    }
    bool reused = connection->exchanges() > 0;
    io::Wakeup changed(loop_);
    connection->send(*to, request, waits, changed);
    while (true) {
      for (Informational& interim : connection->take_informational())
        exchange.inform(std::move(interim));
      if (connection->state() != Connection::State::head) break;
      co_await changed;
    }
    if (connection->state() == Connection::State::failed) {
      if (reused && is_idempotent(request.method) && connection->untouched()) {
        request.body = connection->take_back();
        retrying = true;
        continue;
      }
      co_return Err(ErrorCode(connection->error()));
    }
    h1::ResponseHead head = connection->take_head();
    if (connection->upgraded()) co_return upgrade(*connection, std::move(head), exchange);
    if (head.status == 417 && connection->held_back() && !retrying) {
      // The server knows no expectations: again without (RFC 9110 section 10.1.1).
      request.body = connection->take_back();
      request.fields.remove("expect");
      retrying = true;
      continue;
    }
    Response response;
    response.status = head.status;
    response.fields = std::move(head.fields);
    if (connection->content_done()) {
      pool_->release(std::move(connection));
      response.body = empty_body();
    } else {
      response.body = std::make_unique<ResponseBody>(std::move(connection), pool_);
    }
    co_return response;
  }
}

}  // namespace weir::http::client
