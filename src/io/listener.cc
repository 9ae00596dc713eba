#include "io/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "util/assert.h"
#include "util/number.h"

namespace weir::io {
namespace {

constexpr int kBacklog = 1024;
constexpr int kAcceptsATurn = 64;
// Between attempts to accept without descriptors or memory to spare.
constexpr uint64_t kRetryDelay = 100'000'000;
// Unsent bytes that the kernel holds for a slow reader.
constexpr int kNotSentLowWater = 32 << 10;

std::string describe(const sockaddr_storage& address, socklen_t size) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address.ss_family == AF_INET) {
    auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return std::string(text) + ":" + std::to_string(ntohs(v4.sin_port));
  }
  if (address.ss_family == AF_INET6) {
    auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    return "[" + std::string(text) + "]:" + std::to_string(ntohs(v6.sin6_port));
  }
  auto& local = reinterpret_cast<const sockaddr_un&>(address);
  size_t prefix = offsetof(sockaddr_un, sun_path);
  if (size <= prefix) return "unix:";
  return "unix:" + std::string(local.sun_path, strnlen(local.sun_path, size - prefix));
}

Error failure(std::string_view address, int error) {
  if (error == EADDRINUSE)
    return {"cannot listen on " + std::string(address) +
            ": address in use; stop the other server or choose another --addr"};
  return {"cannot listen on " + std::string(address) + ": " + std::strerror(error)};
}

// What accepted sockets inherit.
void set_tcp_options(int fd) {
  int one = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  ::setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kNotSentLowWater, sizeof kNotSentLowWater);
}

struct Address {
  sockaddr_storage storage = {};
  socklen_t size = 0;
};

Result<Address> parse(std::string_view text) {
  auto bad = [&] {
    return Err(Error{"'" + std::string(text) +
                     "' is not an address; write IP:PORT, [IPv6]:PORT, unix:PATH or fd:N"});
  };
  Address address;
  size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad();
  auto port = parse_decimal(text.substr(colon + 1), 65535);
  std::string host(text.substr(0, colon));
  if (!port) return bad();
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(static_cast<uint16_t>(*port));
    if (::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &v6.sin6_addr) != 1)
      return bad();
    address.size = sizeof v6;
    return address;
  }
  auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
  v4.sin_family = AF_INET;
  v4.sin_port = htons(static_cast<uint16_t>(*port));
  if (host == "localhost") host = "127.0.0.1";
  if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) != 1) return bad();
  address.size = sizeof v4;
  return address;
}

}  // namespace

std::string local_address(int fd) {
  sockaddr_storage address = {};
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return describe(address, size);
}

ListeningSocket::ListeningSocket(ListeningSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      address_(std::move(other.address_)),
      unlink_path_(std::exchange(other.unlink_path_, {})) {}

ListeningSocket::~ListeningSocket() { close(); }

void ListeningSocket::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  if (!unlink_path_.empty()) ::unlink(std::exchange(unlink_path_, {}).c_str());
}

Result<void> ListeningSocket::check(std::string_view text) {
  if (text.starts_with("fd:")) {
    if (parse_decimal(text.substr(3), INT32_MAX)) return {};
    return Err(Error{"'" + std::string(text) + "' names no descriptor; write fd:N"});
  }
  if (text.starts_with("unix:")) {
    size_t size = text.size() - 5;
    if (size > 0 && size < sizeof(sockaddr_un::sun_path)) return {};
    return Err(Error{"cannot listen on " + std::string(text) + ": the path is " +
                     (size == 0 ? "empty" : "too long")});
  }
  WEIR_TRY(parse(text));
  return {};
}

Result<ListeningSocket> ListeningSocket::open(std::string_view text) {
  WEIR_TRY(check(text));
  if (text.starts_with("fd:")) {
    auto number = parse_decimal(text.substr(3), INT32_MAX);
    int listening = 0;
    socklen_t size = sizeof listening;
    if (::getsockopt(static_cast<int>(*number), SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) !=
            0 ||
        !listening)
      return Err(Error{"'" + std::string(text) + "' is not a socket that listens"});
    int fd = static_cast<int>(*number);
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    set_tcp_options(fd);
    return ListeningSocket(fd, local_address(fd), "");
  }
  if (text.starts_with("unix:")) {
    std::string path(text.substr(5));
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    // A socket file that a dead server left behind is taken over; a live one is in use.
    struct stat status;
    if (::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) {
      int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      bool alive = ::connect(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
      int error = errno;
      ::close(probe);
      if (!alive && error == ECONNREFUSED) ::unlink(path.c_str());
    }
    if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd, kBacklog) != 0) {
      int error = errno;
      ::close(fd);
      return Err(failure(text, error));
    }
    return ListeningSocket(fd, std::string(text), path);
  }
  Address address = WEIR_TRY(parse(text));
  int fd = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return Err(failure(text, errno));
  int one = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  set_tcp_options(fd);
  if (address.storage.ss_family == AF_INET6)
    ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address.storage), address.size) != 0 ||
      ::listen(fd, kBacklog) != 0) {
    int error = errno;
    ::close(fd);
    return Err(failure(text, error));
  }
  std::string bound = local_address(fd);
  return ListeningSocket(fd, bound, "");
}

Acceptor::Acceptor(Loop& loop, const ListeningSocket& socket, Owner& owner)
    : loop_(loop), socket_(socket), owner_(owner), watch_(loop, socket.fd(), *this), retry_(*this) {
  resume();
}

void Acceptor::pause() {
  retry_.disarm();
  watch_.set(0);
}

void Acceptor::resume() {
  retry_.disarm();
  watch_.set(FdWatch::readable);
}

bool Acceptor::accept_one() {
  if (!owner_.reserve()) {
    pause();
    return false;
  }
  sockaddr_storage peer = {};
  socklen_t size = sizeof peer;
  int fd = ::accept4(socket_.fd(), reinterpret_cast<sockaddr*>(&peer), &size,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    owner_.accepted(socket_, Fd(fd), describe(peer, size));
    return true;
  }
  int error = errno;
  owner_.not_accepted();
  // Another loop took it.
  if (error == EAGAIN || error == EWOULDBLOCK) return false;
  if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) {
    // Trying again at once would spin.
    pause();
    retry_.arm(loop_, loop_.now() + kRetryDelay);
    return false;
  }
  // The connection went before it was accepted.
  return error == ECONNABORTED || error == EINTR || error == EPROTO;
}

void Acceptor::on_ready(unsigned, int) {
  for (int i = 0; i < kAcceptsATurn && !paused() && accept_one(); ++i) {
  }
}

void Acceptor::accept_waiting() {
  while (accept_one()) {
  }
}

}  // namespace weir::io
