#include "engine/ticker.h"

#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <climits>

namespace weir::engine {

namespace {

// Ticks without a guest before the thread stops to tick; waking it costs a system call.
constexpr int idle_ticks = 100;

long futex(std::atomic<uint32_t>& word, int operation, uint32_t value, const timespec* timeout) {
  return syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), operation | FUTEX_PRIVATE_FLAG,
                 value, timeout, nullptr, 0);
}

}  // namespace

Ticker::Ticker(std::function<void()> tick) : tick_(std::move(tick)), lanes_(new Lane[lane_count]) {}

Ticker::~Ticker() { stop(); }

void Ticker::stop() {
  stop_.store(true, std::memory_order_seq_cst);
  std::thread thread;
  {
    std::lock_guard lock(start_);
    thread = std::move(thread_);
  }
  if (!thread.joinable()) return;
  asleep_.store(0, std::memory_order_seq_cst);
  futex(asleep_, FUTEX_WAKE, INT_MAX, nullptr);
  thread.join();
}

Ticker::Lane& Ticker::lane() {
  uint64_t self = static_cast<uint64_t>(pthread_self());
  return lanes_[((self >> 12) * 0x9e3779b97f4a7c15u) >> 58];
}

void Ticker::wake() {
  if (asleep_.exchange(0, std::memory_order_seq_cst) == 0) return;
  {
    std::lock_guard lock(start_);
    if (!thread_.joinable() && !stop_.load(std::memory_order_relaxed)) {
      // Signals are for the threads of whoever embeds us.
      sigset_t all, before;
      sigfillset(&all);
      pthread_sigmask(SIG_SETMASK, &all, &before);
      thread_ = std::thread([this] { work(); });
      pthread_sigmask(SIG_SETMASK, &before, nullptr);
      return;
    }
  }
  futex(asleep_, FUTEX_WAKE, 1, nullptr);
}

bool Ticker::any_running() const {
  for (size_t i = 0; i < lane_count; i++) {
    if (lanes_[i].running.load(std::memory_order_seq_cst) != 0) return true;
  }
  return false;
}

void Ticker::work() {
  pthread_setname_np(pthread_self(), "weir-ticker");
  int idle = 0;
  while (!stop_.load(std::memory_order_seq_cst)) {
    timespec period{.tv_sec = 0, .tv_nsec = static_cast<long>(period_ns)};
    nanosleep(&period, nullptr);
    if (any_running()) {
      idle = 0;
      tick_();
      continue;
    }
    if (++idle < idle_ticks) continue;
    idle = 0;
    // A guest that enters now either sees `asleep_` and wakes us, or is seen here.
    asleep_.store(1, std::memory_order_seq_cst);
    if (any_running() || stop_.load(std::memory_order_seq_cst)) {
      asleep_.store(0, std::memory_order_seq_cst);
      continue;
    }
    while (asleep_.load(std::memory_order_seq_cst) == 1) futex(asleep_, FUTEX_WAIT, 1, nullptr);
  }
}

}  // namespace weir::engine
