#include "http/admission.h"

#include <algorithm>
#include <utility>

namespace weir::http {

namespace {

bool take_one(std::atomic<uint32_t>& places) {
  uint32_t count = places.load();
  while (count > 0) {
    if (places.compare_exchange_weak(count, count - 1)) return true;
  }
  return false;
}

}  // namespace

Admission::Reserve& Admission::own_reserve() {
  static constinit std::atomic<size_t> threads{0};
  thread_local const size_t number = threads.fetch_add(1, std::memory_order_relaxed) % kReserves;
  return reserves_[number];
}

uint32_t Admission::running() const {
  uint32_t free = pool_.load(std::memory_order_relaxed);
  for (const Reserve& reserve : reserves_) free += reserve.places.load(std::memory_order_relaxed);
  return max_running_ - free;
}

// One place for the caller and up to `most - 1` for its reserve; under the lock `most` is 1.
bool Admission::take(uint32_t most) {
  Reserve& own = own_reserve();
  if (take_one(own.places) || take_from_pool(own, most)) return true;
  for (Reserve& other : reserves_) {
    if (take_one(other.places)) return true;
  }
  return false;
}

// Several only as long as there are many.
bool Admission::take_from_pool(Reserve& reserve, uint32_t most) {
  uint32_t free = pool_.load();
  while (free > 0) {
    uint32_t batch = std::clamp<uint32_t>(free / kReserves, 1, most);
    if (!pool_.compare_exchange_weak(free, free - batch)) continue;
    if (batch > 1) {
      reserve.places.fetch_add(batch - 1);
      // One who began to wait meanwhile may have found them nowhere.
      serve_if_any();
    }
    return true;
  }
  return false;
}

void Admission::leave() {
  std::atomic<uint32_t>& places = own_reserve().places;
  uint32_t count = places.fetch_add(1) + 1;
  // A thread may take more than it leaves, and another leave more than it takes.
  if (count > 2 * kBatch && places.compare_exchange_strong(count, count - kBatch)) {
    pool_.fetch_add(kBatch);
  }
  serve_if_any();
}

void Admission::serve_if_any() {
  if (waiting_.load() == 0) return;
  std::lock_guard lock(mutex_);
  serve_locked();
}

void Admission::serve_locked() {
  while (first_ && take(1)) {
    Ticket& ticket = *first_;
    unlink(ticket);
    ticket.granted_ = true;
    Bell& bell = *ticket.bell_;
    std::lock_guard lock(bell.mutex_);
    bool first = bell.granted_ == nullptr;
    ticket.next_ = std::exchange(bell.granted_, &ticket);
    if (first) bell.loop_.post_from_any_thread([bell = ticket.bell_] { bell->ring(); });
  }
}

void Admission::Bell::ring() {
  std::lock_guard lock(mutex_);
  while (granted_) {
    Ticket& ticket = *granted_;
    granted_ = std::exchange(ticket.next_, nullptr);
    ticket.waiter_.wake();
  }
}

void Admission::unlink(Ticket& ticket) {
  (ticket.previous_ ? ticket.previous_->next_ : first_) = ticket.next_;
  (ticket.next_ ? ticket.next_->previous_ : last_) = ticket.previous_;
  waiting_.fetch_sub(1);
}

Admission::Ticket::Ticket(Admission& admission, std::shared_ptr<Bell> bell, Waiter& waiter)
    : admission_(admission), bell_(std::move(bell)), waiter_(waiter) {
  std::lock_guard lock(admission_.mutex_);
  if (admission_.waiting_.load() >= admission_.max_waiting_) return;
  queued_ = true;
  admission_.waiting_.fetch_add(1);
  previous_ = admission_.last_;
  (previous_ ? previous_->next_ : admission_.first_) = this;
  admission_.last_ = this;
  admission_.serve_locked();
}

Admission::Ticket::~Ticket() {
  if (!queued_) return;
  {
    std::lock_guard lock(admission_.mutex_);
    if (!granted_) {
      admission_.unlink(*this);
      return;
    }
    std::lock_guard bell(bell_->mutex_);
    for (Ticket** at = &bell_->granted_; *at; at = &(*at)->next_) {
      if (*at != this) continue;
      *at = next_;
      break;
    }
  }
  if (!claimed_) admission_.leave();
}

Admission::Place Admission::Ticket::claim() {
  if (claimed_ || !queued_) return {};
  std::lock_guard lock(admission_.mutex_);
  claimed_ = granted_;
  return claimed_ ? Place(admission_) : Place();
}

}  // namespace weir::http
