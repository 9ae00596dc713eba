#include "io/resolver.h"

#include <ares.h>
#include <netdb.h>

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "io/connect_alarm.h"
#include "io/fd_watch.h"
#include "io/timer.h"

namespace weir::io {
namespace {

using Answer = Result<Resolver::Addresses, ResolveError>;

ResolveError error_of(int status) {
  switch (status) {
    case ARES_ETIMEOUT:
      return {true, "timeout"};
    case ARES_ENOTFOUND:
      return {false, "NXDOMAIN"};
    case ARES_ENODATA:
      return {false, "NODATA"};
    case ARES_EFORMERR:
      return {false, "FORMERR"};
    // Having tried each server in vain.
    case ARES_ECONNREFUSED:
    case ARES_ESERVFAIL:
      return {false, "SERVFAIL"};
    case ARES_ENOTIMP:
      return {false, "NOTIMP"};
    case ARES_EREFUSED:
      return {false, "REFUSED"};
    default:
      return {false, ares_strerror(status)};
  }
}

class AresResolver final : public Resolver {
 public:
  AresResolver(Loop& loop, ResolverOptions options)
      : loop_(loop), options_(std::move(options)), alarm_(*this) {}

  ~AresResolver() override {
    // Ends what is under way through its callbacks.
    if (channel_) ares_destroy(channel_);
  }

  int start() {
    ares_options settings{};
    settings.timeout =
        static_cast<int>(std::clamp<uint64_t>(options_.timeout_ns / 1'000'000, 1, 60'000));
    settings.tries = static_cast<int>(std::clamp(options_.tries, 1u, 10u));
    settings.sock_state_cb = [](void* self, ares_socket_t fd, int readable, int writable) {
      static_cast<AresResolver*>(self)->watch(fd, readable != 0, writable != 0);
    };
    settings.sock_state_cb_data = this;
    int status = ares_init_options(&channel_, &settings,
                                   ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
    if (status != ARES_SUCCESS) return status;
    if (options_.servers.empty()) return ARES_SUCCESS;
    return ares_set_servers_ports_csv(channel_, options_.servers.c_str());
  }

  Task<Answer> resolve(std::string host, uint16_t port, uint64_t timeout_ns) override {
    if (auto literal = SocketAddress::parse_ip(host, port)) co_return Addresses{*literal};
    if (host.find('\0') != std::string::npos) co_return Err(ResolveError{false, "FORMERR"});
    if (const Addresses* known = cached(host)) co_return with_port(*known, port);
    Wakeup event(loop_);
    // The look-up goes on without its query's event where the task is destroyed.
    struct Waiting {
      std::shared_ptr<Query> query;
      ~Waiting() { query->event = nullptr; }
    } waiting{std::make_shared<Query>(*this, event, host)};
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, &AresResolver::on_answer,
                     new std::shared_ptr<Query>(waiting.query));
    arm();
    WakeupAlarm alarm(event);
    alarm.start(loop_, timeout_ns);
    while (!waiting.query->answer && !alarm.over()) co_await event;
    if (!waiting.query->answer) co_return Err(error_of(ARES_ETIMEOUT));
    Answer answer = std::move(*waiting.query->answer);
    if (!answer) co_return answer;
    co_return with_port(*answer, port);
  }

 private:
  struct Query {
    Query(AresResolver& resolver, Wakeup& waiting, std::string name)
        : owner(resolver), event(&waiting), host(std::move(name)) {}
    AresResolver& owner;
    Wakeup* event;
    std::string host;
    std::optional<Answer> answer;
  };

  struct Entry {
    Addresses addresses;
    uint64_t until;
  };

  // One descriptor of c-ares.
  struct Socket final : FdWatch::Owner {
    Socket(AresResolver& resolver, int descriptor)
        : owner(resolver), fd(descriptor), watch(resolver.loop_, descriptor, *this) {}
    void on_ready(unsigned events, int error) override {
      bool readable = error != 0 || (events & (FdWatch::readable | FdWatch::disconnect)) != 0;
      bool writable = error != 0 || (events & FdWatch::writable) != 0;
      // May destroy this.
      owner.process(readable ? fd : ARES_SOCKET_BAD, writable ? fd : ARES_SOCKET_BAD);
    }
    AresResolver& owner;
    int fd;
    FdWatch watch;
  };

  static void on_answer(void* data, int status, int, ares_addrinfo* found) {
    std::unique_ptr<std::shared_ptr<Query>> held(static_cast<std::shared_ptr<Query>*>(data));
    Query& query = **held;
    if (status == ARES_SUCCESS && found) {
      Addresses addresses;
      uint32_t ttl = query.owner.options_.cache_ttl_s;
      for (ares_addrinfo_node* node = found->nodes; node; node = node->ai_next) {
        if (node->ai_family != AF_INET && node->ai_family != AF_INET6) continue;
        addresses.emplace_back(node->ai_addr, node->ai_addrlen);
        ttl = std::min(ttl, static_cast<uint32_t>(std::max(node->ai_ttl, 0)));
      }
      if (addresses.empty()) {
        query.answer = Err(ResolveError{false, "NODATA"});
      } else {
        query.owner.keep(query.host, addresses, ttl);
        query.answer = std::move(addresses);
      }
    } else {
      query.answer = Err(error_of(status));
    }
    if (found) ares_freeaddrinfo(found);
    if (query.event) query.event->wake();
  }

  void watch(ares_socket_t fd, bool readable, bool writable) {
    if (!readable && !writable) {
      sockets_.erase(fd);
      return;
    }
    auto& socket = sockets_[fd];
    if (!socket) socket = std::make_unique<Socket>(*this, fd);
    socket->watch.set((readable ? FdWatch::readable : 0u) | (writable ? FdWatch::writable : 0u));
  }

  void process(ares_socket_t readable, ares_socket_t writable) {
    ares_process_fd(channel_, readable, writable);
    arm();
  }

  void on_alarm() { process(ARES_SOCKET_BAD, ARES_SOCKET_BAD); }

  void arm() {
    timeval wait{};
    if (!ares_timeout(channel_, nullptr, &wait)) {
      alarm_.disarm();
      return;
    }
    alarm_.arm(loop_, loop_.now() + static_cast<uint64_t>(wait.tv_sec) * 1'000'000'000 +
                          static_cast<uint64_t>(wait.tv_usec) * 1'000);
  }

  const Addresses* cached(const std::string& host) {
    auto found = cache_.find(host);
    if (found == cache_.end()) return nullptr;
    if (found->second.until > loop_.now()) return &found->second.addresses;
    cache_.erase(found);
    return nullptr;
  }

  void keep(const std::string& host, const Addresses& addresses, uint32_t ttl) {
    if (ttl == 0 || options_.cache_entries == 0) return;
    if (cache_.size() >= options_.cache_entries) {
      std::erase_if(cache_, [&](const auto& item) { return item.second.until <= loop_.now(); });
      if (cache_.size() >= options_.cache_entries) cache_.erase(cache_.begin());
    }
    cache_[host] = {addresses, loop_.now() + ttl * uint64_t{1'000'000'000}};
  }

  static Addresses with_port(const Addresses& addresses, uint16_t port) {
    Addresses result;
    result.reserve(addresses.size());
    for (const SocketAddress& address : addresses) {
      result.push_back(address.family() == AF_INET ? SocketAddress::v4(address.v4(), port)
                                                   : SocketAddress::v6(address.v6(), port));
    }
    return result;
  }

  Loop& loop_;
  ResolverOptions options_;
  ares_channel channel_ = nullptr;
  std::unordered_map<int, std::unique_ptr<Socket>> sockets_;
  std::unordered_map<std::string, Entry> cache_;
  MemberTimer<&AresResolver::on_alarm, AresResolver> alarm_;
};

}  // namespace

Result<std::unique_ptr<Resolver>> Resolver::create(Loop& loop, ResolverOptions options) {
  auto resolver = std::make_unique<AresResolver>(loop, std::move(options));
  if (int status = resolver->start(); status != ARES_SUCCESS) {
    return Err(Error{std::string("the resolver of names cannot start: ") + ares_strerror(status) +
                     "; look at /etc/resolv.conf"});
  }
  return std::unique_ptr<Resolver>(std::move(resolver));
}

}  // namespace weir::io
