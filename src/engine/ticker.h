#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace weir::engine {

// A thread that calls a function every 10 ms while a guest runs somewhere, and sleeps else. It
// starts with the first guest, so a process may fork before that.
class Ticker {
 public:
  static constexpr uint64_t period_ns = 10'000'000;

  // Where the threads that run guests count themselves; each has its own cache line, or shares it
  // with few others.
  class alignas(64) Lane {
   private:
    friend class Ticker;
    std::atomic<uint32_t> running{0};
  };

  // `tick` is called on the ticker's thread.
  explicit Ticker(std::function<void()> tick);
  ~Ticker();
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

  // Ends the thread; no tick is under way when it returns. Nothing starts it again.
  void stop();

  // The calling thread's lane; cheap, but better kept than asked for again.
  Lane& lane();

  // A guest runs from `enter` to `leave`, on one thread.
  void enter(Lane& lane) {
    lane.running.fetch_add(1, std::memory_order_seq_cst);
    if (asleep_.load(std::memory_order_seq_cst)) [[unlikely]]
      wake();
  }
  void leave(Lane& lane) { lane.running.fetch_sub(1, std::memory_order_release); }

 private:
  static constexpr size_t lane_count = 64;

  void wake();
  void work();
  bool any_running() const;

  std::function<void()> tick_;
  std::unique_ptr<Lane[]> lanes_;
  // 1 while the thread waits for a guest, or has not started.
  std::atomic<uint32_t> asleep_{1};
  std::atomic<bool> stop_{false};
  std::mutex start_;
  std::thread thread_;
};

}  // namespace weir::engine
