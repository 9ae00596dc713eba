#include "http/admission.h"

#include <utility>

namespace weir::http {

bool Admission::take() {
  uint32_t running = running_.load();
  while (running < max_running_) {
    if (running_.compare_exchange_weak(running, running + 1)) return true;
  }
  return false;
}

void Admission::serve() {
  std::lock_guard lock(mutex_);
  serve_locked();
}

void Admission::serve_locked() {
  while (first_ && take()) {
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
