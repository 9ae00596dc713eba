#include "http/client/client.h"

#include <algorithm>
#include <cerrno>

#include "io/connect.h"
#include "io/wakeup.h"
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
    case EADDRNOTAVAIL:
      return Kind::destination_ip_unroutable;
    case EMFILE:
    case ENFILE:
      return Kind::connection_limit_reached;
    default:
      return Kind::connection_refused;
  }
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

io::Task<Client::Opened> Client::open(const Destination& to, EgressPolicy::Grant grant,
                                      uint64_t timeout_ns) {
  uint64_t start = loop_.now();
  std::string key = to.key();
  std::shared_ptr<void> permit = pool_->permit(key);
  if (!permit) co_return Err(ErrorCode(Kind::connection_limit_reached));

  if (!resolver_) co_return Err(ErrorCode(Kind::configuration_error));
  auto found = co_await resolver_->resolve(to.host, to.port, timeout_ns);
  if (!found) {
    if (found.error().timed_out) co_return Err(ErrorCode(Kind::dns_timeout));
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
  co_return std::make_unique<Connection>(loop_, std::move(*stream), std::move(key), options_.head,
                                         std::move(permit));
}

io::Task<Result<Response, ErrorCode>> Client::handle(Request request, Exchange&) {
  auto to = destination_of(request);
  if (!to) co_return Err(std::move(to).error());
  auto grant = policy_.check_name(to->scheme, to->host, to->port);
  if (grant == EgressPolicy::Grant::denied) {
    say_denied(*to, "nothing allows it", to->scheme + "://" + bracketed(*to));
    co_return Err(ErrorCode(Kind::http_request_denied));
  }
  if (to->scheme == "https") co_return Err(ErrorCode(Kind::configuration_error));

  const RequestOptions& wanted = request.options;
  Waits waits{wanted.first_byte_timeout_ns.value_or(options_.first_byte_timeout_ns),
              wanted.between_bytes_timeout_ns.value_or(options_.between_bytes_timeout_ns),
              options_.write_timeout_ns};
  bool retrying = false;
  while (true) {
    std::unique_ptr<Connection> connection = retrying ? nullptr : pool_->take(to->key());
    bool reused = connection != nullptr;
    if (!reused) {
      auto opened = co_await open(*to, grant,
                                  wanted.connect_timeout_ns.value_or(options_.connect_timeout_ns));
      if (!opened) co_return Err(std::move(opened).error());
      connection = std::move(*opened);
    }
    io::Wakeup changed(loop_);
    connection->send(*to, request, waits, changed);
    while (connection->state() == Connection::State::head) co_await changed;
    if (connection->state() == Connection::State::failed) {
      if (reused && is_idempotent(request.method) && connection->untouched()) {
        request.body = connection->take_back();
        retrying = true;
        continue;
      }
      co_return Err(ErrorCode(connection->error()));
    }
    h1::ResponseHead head = connection->take_head();
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
