#include "cli/signals.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>

#include "util/assert.h"

namespace weir::cli {

namespace {

sigset_t watched_signals(bool reloads) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  if (reloads) sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

void block_signals(bool reloads) {
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t set = watched_signals(reloads);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

Signals::Signals(std::function<void()> drain, std::function<void()> reload)
    : drain_(std::move(drain)), reload_(std::move(reload)) {
  sigset_t set = watched_signals(reload_ != nullptr);
  int signals = ::signalfd(-1, &set, SFD_CLOEXEC);
  wake_ = ::eventfd(0, EFD_CLOEXEC);
  WEIR_ASSERT(signals >= 0 && wake_ >= 0);
  thread_ = std::thread([this, signals] {
    bool draining = false;
    while (true) {
      pollfd watched[2] = {{signals, POLLIN, 0}, {wake_, POLLIN, 0}};
      if (::poll(watched, 2, -1) < 0) continue;
      if (watched[1].revents) break;
      signalfd_siginfo info;
      if (::read(signals, &info, sizeof info) != sizeof info) continue;
      if (info.ssi_signo == SIGHUP) {
        reload_();
        continue;
      }
      if (draining) ::_exit(128 + static_cast<int>(info.ssi_signo));
      draining = true;
      drain_();
    }
    ::close(signals);
  });
}

Signals::~Signals() {
  uint64_t one = 1;
  (void)!::write(wake_, &one, sizeof one);
  thread_.join();
  ::close(wake_);
}

}  // namespace weir::cli
