#pragma once

#include <atomic>
#include <cstddef>

namespace weir::server {

// How many requests a process works on at a time, and how many may wait. Thread-safe.
class RequestGate {
 public:
  RequestGate(size_t most, size_t most_waiting) : most_(most), most_waiting_(most_waiting) {}
  RequestGate(const RequestGate&) = delete;
  RequestGate& operator=(const RequestGate&) = delete;

  // Whether one more may begin now; counts it if so.
  bool enter() { return take(running_, most_); }
  void leave() { running_.fetch_sub(1); }
  // Whether one more may wait; counts it if so.
  bool enter_queue() { return take(waiting_, most_waiting_); }
  void leave_queue() { waiting_.fetch_sub(1); }

  bool full() const { return running_.load() >= most_; }
  size_t waiting() const { return waiting_.load(); }
  size_t running() const { return running_.load(); }

 private:
  static bool take(std::atomic<size_t>& count, size_t most) {
    if (count.fetch_add(1) < most) return true;
    count.fetch_sub(1);
    return false;
  }
  const size_t most_, most_waiting_;
  std::atomic<size_t> running_{0};
  std::atomic<size_t> waiting_{0};
};

}  // namespace weir::server
