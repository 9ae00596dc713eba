#include "io/connect.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <list>
#include <optional>

#include "io/connect_alarm.h"
#include "io/fd_watch.h"
#include "io/timer.h"

namespace weir::io {
namespace {

constexpr uint64_t attempt_delay_ns = 250'000'000;

// The attempts to reach one of several addresses.
class Race {
 public:
  Race(Loop& loop, std::vector<SocketAddress> addresses, Wakeup& event)
      : loop_(loop), addresses_(std::move(addresses)), event_(event), next_(*this) {}

  void start() { try_next(); }
  bool over() const { return winner_ != nullptr || (running_.empty() && at_ == addresses_.size()); }
  Result<std::unique_ptr<SocketStream>, int> take() {
    if (winner_) return std::move(winner_);
    return Err(int{error_ != 0 ? error_ : ECONNREFUSED});
  }

 private:
  struct Attempt final : FdWatch::Owner {
    Attempt(Race& race, Fd socket) : owner(race), fd(std::move(socket)) {
      watch.emplace(race.loop_, fd.get(), *this);
      watch->set(FdWatch::writable);
    }
    void on_ready(unsigned, int error) override { owner.finished(*this, error); }

    Race& owner;
    Fd fd;
    std::optional<FdWatch> watch;
  };

  void try_next() {
    next_.disarm();
    while (at_ < addresses_.size()) {
      const SocketAddress& address = addresses_[at_++];
      Fd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      if (!fd) {
        failed(errno);
        continue;
      }
      if (address.is_ip()) {
        int on = 1;
        setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      }
      if (::connect(fd.get(), address.data(), address.size()) == 0) {
        won(std::move(fd));
        return;
      }
      if (errno != EINPROGRESS) {
        failed(errno);
        continue;
      }
      running_.emplace_back(*this, std::move(fd));
      if (int error = running_.back().watch->error(); error != 0) {
        running_.pop_back();
        failed(error);
        continue;
      }
      if (at_ < addresses_.size()) next_.arm(loop_, loop_.now() + attempt_delay_ns);
      return;
    }
    if (running_.empty()) event_.wake();
  }

  void finished(Attempt& attempt, int error) {
    socklen_t size = sizeof(int);
    int pending = 0;
    getsockopt(attempt.fd.get(), SOL_SOCKET, SO_ERROR, &pending, &size);
    if (pending != 0) error = pending;
    attempt.watch.reset();
    Fd fd = std::move(attempt.fd);
    running_.remove_if([&](const Attempt& other) { return &other == &attempt; });
    if (error == 0) {
      won(std::move(fd));
    } else {
      failed(error);
      try_next();
    }
  }

  void won(Fd fd) {
    next_.disarm();
    running_.clear();
    winner_ = std::make_unique<SocketStream>(loop_, fd.release());
    event_.wake();
  }

  void failed(int error) {
    if (error_ == 0) error_ = error;
  }

  Loop& loop_;
  std::vector<SocketAddress> addresses_;
  size_t at_ = 0;
  Wakeup& event_;
  std::list<Attempt> running_;
  std::unique_ptr<SocketStream> winner_;
  int error_ = 0;
  MemberTimer<&Race::try_next, Race> next_;
};

}  // namespace

std::vector<SocketAddress> interleaved(const std::vector<SocketAddress>& addresses) {
  std::vector<SocketAddress> first, second, result;
  for (const SocketAddress& address : addresses)
    (address.family() == addresses.front().family() ? first : second).push_back(address);
  for (size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) result.push_back(first[i]);
    if (i < second.size()) result.push_back(second[i]);
  }
  return result;
}

Task<Result<std::unique_ptr<SocketStream>, int>> connect(Loop& loop,
                                                         std::vector<SocketAddress> addresses,
                                                         uint64_t timeout_ns) {
  Wakeup event(loop);
  Race race(loop, interleaved(addresses), event);
  WakeupAlarm alarm(event);
  alarm.start(loop, timeout_ns);
  race.start();
  while (!race.over() && !alarm.over()) co_await event;
  if (!race.over()) co_return Err(int{ETIMEDOUT});
  co_return race.take();
}

}  // namespace weir::io
