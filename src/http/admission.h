#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "io/loop.h"
#include "util/executor.h"

namespace weir::http {

// How many requests a process works on at a time, all loops together, and the queue of those that
// wait for their turn, first come, first served. Thread-safe; nobody takes a lock as long as nobody
// waits, and as long as there are places enough each thread enters and leaves without writing to
// what another one reads. Outlives its places and tickets.
class Admission {
 public:
  // A place among those that are worked on, given back by its destruction, to the one who has
  // waited longest. Any thread.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept : admission_(std::exchange(other.admission_, nullptr)) {}
    Place& operator=(Place&& other) noexcept {
      if (this == &other) return *this;
      if (admission_) admission_->leave();
      admission_ = std::exchange(other.admission_, nullptr);
      return *this;
    }
    ~Place() {
      if (admission_) admission_->leave();
    }
    explicit operator bool() const { return admission_ != nullptr; }

   private:
    friend class Admission;
    explicit Place(Admission& admission) : admission_(&admission) {}
    Admission* admission_ = nullptr;
  };

  Admission(uint32_t max_running, uint32_t max_waiting)
      : max_running_(max_running), max_waiting_(max_waiting), pool_(max_running) {}
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // Takes a place; none if none is free or others wait for one.
  Place try_enter() {
    return waiting_.load(std::memory_order_relaxed) == 0 && take(kBatch) ? Place(*this) : Place();
  }

  // Exact while nobody enters or leaves.
  uint32_t running() const;
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

  // A turn in the queue. Used on the loop of its bell.
  class Ticket {
   public:
    // `waiter` is woken once it is this one's turn; it lives as long.
    Ticket(Admission& admission, std::shared_ptr<Bell> bell, Waiter& waiter);
    // Leaves the queue, and gives back a place that was not taken over.
    ~Ticket();
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

    // Whether there was room in the queue.
    bool queued() const { return queued_; }
    // Takes the place over once there is one.
    Place claim();

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
  static constexpr size_t kLine = 64;

  // Free places that a thread keeps for its next requests; the others come to them only when the
  // pool is empty. Threads share one where there are many.
  struct alignas(kLine) Reserve {
    std::atomic<uint32_t> places{0};
  };
  static constexpr size_t kReserves = 64;
  // How many places a reserve gets at a time; it keeps up to twice as many.
  static constexpr uint32_t kBatch = 8;

  Reserve& own_reserve();
  bool take(uint32_t most);
  bool take_from_pool(Reserve& reserve, uint32_t most);
  void leave();
  void serve_if_any();
  void serve_locked();
  void unlink(Ticket& ticket);

  const uint32_t max_running_, max_waiting_;
  // Changes under the lock. One who waits counts before looking for a free place, one who frees a
  // place does so before looking here: one of the two sees the other.
  std::atomic<uint32_t> waiting_{0};
  // Every place is in the pool, in a reserve, or taken.
  alignas(kLine) std::atomic<uint32_t> pool_;
  std::array<Reserve, kReserves> reserves_;
  alignas(kLine) std::mutex mutex_;
  Ticket* first_ = nullptr;
  Ticket* last_ = nullptr;
};

}  // namespace weir::http
