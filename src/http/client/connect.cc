#include "http/client/connect.h"

#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include <cerrno>

#include "io/fd_watch.h"
#include "io/socket_stream.h"
#include "io/timer.h"
#include "io/wakeup.h"

namespace weir::http::client {
namespace {

using Kind = ErrorCode::Kind;

// Wakes a waiter at a moment.
class Alarm final : public io::Timer {
 public:
  explicit Alarm(Waiter& waiter) : waiter_(waiter) {}
  bool over = false;

 private:
  void expired() override {
    over = true;
    waiter_.wake();
  }
  Waiter& waiter_;
};

// A look-up on libuv's threads. It outlives whoever asked, who may go before the answer comes.
struct LookUp {
  uv_getaddrinfo_t request = {};
  Waiter* asker = nullptr;
  bool done = false;
  bool abandoned = false;
  int status = 0;
  std::vector<io::SocketAddress> addresses;

  static void answered(uv_getaddrinfo_t* request, int status, addrinfo* list) {
    LookUp* self = static_cast<LookUp*>(request->data);
    for (addrinfo* item = list; item; item = item->ai_next)
      self->addresses.emplace_back(item->ai_addr, item->ai_addrlen);
    uv_freeaddrinfo(list);
    self->status = status;
    self->done = true;
    if (self->abandoned)
      delete self;
    else
      self->asker->wake();
  }
};

class LookUpOwner {
 public:
  explicit LookUpOwner(LookUp* look_up) : look_up_(look_up) {}
  LookUpOwner(const LookUpOwner&) = delete;
  LookUpOwner& operator=(const LookUpOwner&) = delete;
  ~LookUpOwner() {
    if (look_up_->done) {
      delete look_up_;
      return;
    }
    look_up_->abandoned = true;
    uv_cancel(reinterpret_cast<uv_req_t*>(&look_up_->request));
  }
  LookUp* operator->() { return look_up_; }

 private:
  LookUp* look_up_;
};

ErrorCode dns_error(int status) {
  const char* rcode = status == UV_EAI_NONAME || status == UV_EAI_NODATA ? "NXDOMAIN" : "SERVFAIL";
  return {Kind::dns_error, std::optional<std::string>(rcode)};
}

ErrorCode connect_error(int error) {
  switch (error) {
    case ETIMEDOUT:
      return Kind::connection_timeout;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
    case EAFNOSUPPORT:
      return Kind::destination_unavailable;
    default:
      return Kind::connection_refused;
  }
}

// Waits for a socket to become writable.
class Writable final : private io::FdWatch::Owner {
 public:
  Writable(io::Loop& loop, int fd, Waiter& waiter) : waiter_(waiter), watch_(loop, fd, *this) {
    watch_.set(io::FdWatch::writable);
  }
  bool ready = false;

 private:
  void on_ready(unsigned, int) override {
    ready = true;
    watch_.set(0);
    waiter_.wake();
  }
  Waiter& waiter_;
  io::FdWatch watch_;
};

}  // namespace

io::Task<Result<std::vector<io::SocketAddress>, ErrorCode>> resolve(io::Loop& loop,
                                                                    std::string host, uint16_t port,
                                                                    uint64_t deadline) {
  using Answer = Result<std::vector<io::SocketAddress>, ErrorCode>;
  if (auto literal = io::SocketAddress::parse_ip(host, port))
    co_return Answer(std::vector<io::SocketAddress>{*literal});
  io::Wakeup wakeup(loop);
  LookUpOwner look_up(new LookUp);
  look_up->request.data = look_up.operator->();
  look_up->asker = &wakeup;
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  std::string service = std::to_string(port);
  int started = uv_getaddrinfo(loop.raw(), &look_up->request, LookUp::answered, host.c_str(),
                               service.c_str(), &hints);
  if (started != 0) {
    look_up->done = true;
    co_return Answer(Err(dns_error(started)));
  }
  Alarm alarm(wakeup);
  alarm.arm(loop, deadline);
  while (!look_up->done && !alarm.over) co_await wakeup;
  if (!look_up->done) co_return Answer(Err(ErrorCode(Kind::dns_timeout)));
  if (look_up->status != 0 || look_up->addresses.empty())
    co_return Answer(Err(dns_error(look_up->status)));
  co_return Answer(std::move(look_up->addresses));
}

io::Task<Result<std::unique_ptr<io::Stream>, ErrorCode>> connect(
    io::Loop& loop, std::vector<io::SocketAddress> addresses, EgressPolicy::Grant grant,
    uint64_t deadline) {
  using Answer = Result<std::unique_ptr<io::Stream>, ErrorCode>;
  ErrorCode last = Kind::destination_ip_prohibited;
  for (const io::SocketAddress& address : addresses) {
    if (!EgressPolicy::check_address(grant, address.data())) continue;
    io::Fd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (fd.get() < 0) co_return Answer(Err(ErrorCode(Kind::connection_limit_reached)));
    int one = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    int error = 0;
    if (::connect(fd.get(), address.data(), address.size()) != 0) error = errno;
    if (error == EINPROGRESS) {
      io::Wakeup wakeup(loop);
      Alarm alarm(wakeup);
      alarm.arm(loop, deadline);
      Writable writable(loop, fd.get(), wakeup);
      while (!writable.ready && !alarm.over) co_await wakeup;
      socklen_t size = sizeof error;
      error = ETIMEDOUT;
      if (writable.ready) ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    }
    if (error == 0)
      co_return Answer(
          std::unique_ptr<io::Stream>(std::make_unique<io::SocketStream>(loop, fd.release())));
    last = connect_error(error);
  }
  co_return Answer(Err(std::move(last)));
}

}  // namespace weir::http::client
