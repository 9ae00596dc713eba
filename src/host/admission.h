#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "io/loop.h"
#include "util/executor.h"

namespace weir::host {

// How many requests the guests of one application work on at a time, all loops together, and the
// queue of those that wait for their turn, first come, first served. Thread-safe; nobody takes a
// lock as long as nobody waits. Outlives its tickets.
class Admission {
 public:
  Admission(uint32_t max_running, uint32_t max_waiting)
      : max_running_(max_running), max_waiting_(max_waiting) {}
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // Takes a slot; false if none is free or others wait for one.
  bool try_enter() { return waiting_.load(std::memory_order_relaxed) == 0 && take(); }
  // Gives a slot back, to the one who has waited longest.
  void leave() {
    running_.fetch_sub(1);
    if (waiting_.load() != 0) serve();
  }

  uint32_t running() const { return running_.load(std::memory_order_relaxed); }
  uint32_t waiting() const { return waiting_.load(std::memory_order_relaxed); }

  class Ticket;

  // By which other threads reach those who wait on one loop. Shared with what they have posted to
  // it, so that either may go first; no ticket is left when the loop goes.
  class Bell {
   public:
    explicit Bell(io::Loop& loop) : loop_(loop) {}

   private:
    friend class Admission;
    // On the loop: wakes those whose turn has come.
    void ring();

    io::Loop& loop_;
    std::mutex mutex_;
    Ticket* granted_ = nullptr;
  };

  // A place in the queue. Used on the loop of its bell.
  class Ticket {
   public:
    // `waiter` is woken once it is this one's turn; it lives as long.
    Ticket(Admission& admission, std::shared_ptr<Bell> bell, Waiter& waiter);
    // Leaves the queue, and gives back a slot that was not taken over.
    ~Ticket();
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

    // Whether there was room in the queue.
    bool queued() const { return queued_; }
    // Takes the slot over once there is one. The caller gives it back by `leave`.
    bool claim();

   private:
    friend class Admission;
    Admission& admission_;
    const std::shared_ptr<Bell> bell_;
    Waiter& waiter_;
    bool queued_ = false;
    bool claimed_ = false;
    // Under the lock.
    bool granted_ = false;
    // In the queue, then under the bell's lock among those that it wakes next.
    Ticket* next_ = nullptr;
    Ticket* previous_ = nullptr;
  };

 private:
  bool take();
  void serve();
  void serve_locked();
  void unlink(Ticket& ticket);

  const uint32_t max_running_, max_waiting_;
  std::atomic<uint32_t> running_{0};
  // Changes under the lock. One who waits counts before looking for a free slot, one who leaves
  // frees a slot before looking here: one of the two sees the other.
  std::atomic<uint32_t> waiting_{0};
  std::mutex mutex_;
  Ticket* first_ = nullptr;
  Ticket* last_ = nullptr;
};

}  // namespace weir::host
