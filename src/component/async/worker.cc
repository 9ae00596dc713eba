#include "component/async/worker.h"

#include "component/async/scheduler.h"
#include "component/instance.h"

namespace weir::component {

Worker::Worker(Scheduler& scheduler, ComponentInstance& instance)
    : scheduler_(scheduler),
      instance_(instance),
      wake_(scheduler.root().executor(), *this),
      fiber_(*instance.store, static_cast<engine::FiberBody&>(*this)) {
  fiber_.set_cpu_limit(scheduler.root().cpu_limit_ns());
}

Worker::~Worker() = default;

void Worker::assign(Thread& thread) {
  thread_ = &thread;
  running = {&thread.task, &thread, this};
}

void Worker::run(engine::Fiber& fiber) {
  while (true) {
    scheduler_.run_thread(*thread_);
    thread_ = nullptr;
    if (!fiber.suspend(engine::Fiber::While::owner_open)) return;
  }
}

bool Worker::suspend_for_host() {
  if (thread_ == nullptr) return false;
  if (std::exchange(woken_, false)) return !scheduler_.failed();
  Wait before = std::exchange(thread_->wait, {Wait::Kind::host, nullptr, nullptr});
  thread_->woken = false;
  waits_for_host_ = true;
  scheduler_.add_host_pending(1);
  bool goes_on = fiber_.suspend();
  scheduler_.add_host_pending(-1);
  waits_for_host_ = false;
  thread_->woken = false;
  thread_->wait = before;
  scheduler_.reopened();
  return goes_on && !scheduler_.failed();
}

void Worker::woken() {
  if (waits_for_host_) {
    scheduler_.host_woke(*this);
  } else {
    woken_ = true;
  }
}

}  // namespace weir::component
