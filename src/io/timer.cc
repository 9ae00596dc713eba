#include "io/timer.h"

#include "io/loop.h"
#include "util/assert.h"

namespace weir::io {

void Timer::arm(Loop& loop, uint64_t deadline) {
  disarm();
  loop.timers().insert(*this, deadline);
}

void Timer::disarm() {
  if (heap_) heap_->remove(*this);
}

TimerHeap::~TimerHeap() {
  for (Timer* timer : timers_) timer->heap_ = nullptr;
}

void TimerHeap::place(Timer& timer, size_t index) {
  timers_[index] = &timer;
  timer.index_ = index;
}

void TimerHeap::insert(Timer& timer, uint64_t deadline) {
  WEIR_ASSERT(!timer.heap_);
  timer.heap_ = this;
  timer.deadline_ = deadline;
  timers_.push_back(&timer);
  place(timer, timers_.size() - 1);
  rise(timer.index_);
}

void TimerHeap::remove(Timer& timer) {
  WEIR_ASSERT(timer.heap_ == this);
  timer.heap_ = nullptr;
  size_t index = timer.index_;
  Timer* last = timers_.back();
  timers_.pop_back();
  if (last == &timer) return;
  place(*last, index);
  rise(index);
  sink(last->index_);
}

void TimerHeap::fire(uint64_t now) {
  while (!timers_.empty() && timers_.front()->deadline_ <= now) {
    Timer& timer = *timers_.front();
    remove(timer);
    timer.expired();
  }
}

void TimerHeap::rise(size_t index) {
  Timer& timer = *timers_[index];
  while (index > 0) {
    size_t parent = (index - 1) / 2;
    if (timers_[parent]->deadline_ <= timer.deadline_) break;
    place(*timers_[parent], index);
    index = parent;
  }
  place(timer, index);
}

void TimerHeap::sink(size_t index) {
  Timer& timer = *timers_[index];
  while (true) {
    size_t child = 2 * index + 1;
    if (child >= timers_.size()) break;
    if (child + 1 < timers_.size() && timers_[child + 1]->deadline_ < timers_[child]->deadline_)
      ++child;
    if (timer.deadline_ <= timers_[child]->deadline_) break;
    place(*timers_[child], index);
    index = child;
  }
  place(timer, index);
}

}  // namespace weir::io
