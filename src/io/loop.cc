#include "io/loop.h"

#include "util/assert.h"

namespace weir::io {
namespace {

constexpr int kRoundsATurn = 16;

}  // namespace

Loop::Loop() {
  WEIR_ASSERT(uv_loop_init(&loop_) == 0);
  loop_.data = this;
  uv_prepare_init(&loop_, &prepare_);
  uv_check_init(&loop_, &check_);
  uv_idle_init(&loop_, &idle_);
  uv_timer_init(&loop_, &timer_);
  WEIR_ASSERT(uv_async_init(&loop_, &async_, on_async) == 0);
  uv_prepare_start(&prepare_, on_prepare);
  uv_check_start(&check_, on_check);
  update_time();
}

Loop::~Loop() {
  for (auto* handle :
       {reinterpret_cast<uv_handle_t*>(&prepare_), reinterpret_cast<uv_handle_t*>(&check_),
        reinterpret_cast<uv_handle_t*>(&idle_), reinterpret_cast<uv_handle_t*>(&timer_),
        reinterpret_cast<uv_handle_t*>(&async_)})
    uv_close(handle, nullptr);
  while (uv_run(&loop_, UV_RUN_DEFAULT) != 0) {
  }
  uv_loop_close(&loop_);
}

void Loop::update_time() { now_ = uv_hrtime(); }

void Loop::post(Runnable& work) {
  if (!work.linked()) ready_.push(work);
}

void Loop::post_from_any_thread(std::function<void()> work) {
  {
    std::lock_guard lock(mutex_);
    incoming_.push_back(std::move(work));
  }
  uv_async_send(&async_);
}

void Loop::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  uv_async_send(&async_);
}

void Loop::run() { uv_run(&loop_, UV_RUN_DEFAULT); }

void Loop::run_once() { uv_run(&loop_, UV_RUN_NOWAIT); }

int Loop::backend_timeout() const {
  if (!ready_.empty()) return 0;
  return uv_backend_timeout(&loop_);
}

void Loop::on_async(uv_async_t* handle) {
  Loop& self = *static_cast<Loop*>(handle->loop->data);
  std::vector<std::function<void()>> work;
  bool stopping = false;
  {
    std::lock_guard lock(self.mutex_);
    work.swap(self.incoming_);
    std::swap(stopping, self.stopping_);
  }
  self.update_time();
  for (auto& item : work) item();
  if (stopping) uv_stop(&self.loop_);
}

// Before the loop waits: whatever timers, threads or the program itself have posted.
void Loop::on_prepare(uv_prepare_t* handle) {
  Loop& self = *static_cast<Loop*>(handle->loop->data);
  self.turn();
  self.schedule();
}

// After the loop has waited and the sockets have been heard.
void Loop::on_check(uv_check_t* handle) {
  Loop& self = *static_cast<Loop*>(handle->loop->data);
  self.turn();
}

void Loop::turn() {
  update_time();
  timers_.fire(now_);
  for (int round = 0; round < kRoundsATurn && !ready_.empty(); ++round) {
    RunQueue batch;
    batch.splice(ready_);
    while (Runnable* work = batch.pop()) work->run();
  }
}

void Loop::schedule() {
  if (!ready_.empty()) {
    if (!idling_) uv_idle_start(&idle_, [](uv_idle_t*) {});
    idling_ = true;
    return;
  }
  if (idling_) uv_idle_stop(&idle_);
  idling_ = false;
  if (timers_.empty()) {
    if (timer_set_for_ != UINT64_MAX) uv_timer_stop(&timer_);
    timer_set_for_ = UINT64_MAX;
    return;
  }
  uint64_t soonest = timers_.soonest();
  if (soonest == timer_set_for_ && uv_is_active(reinterpret_cast<uv_handle_t*>(&timer_))) return;
  timer_set_for_ = soonest;
  uv_update_time(&loop_);
  uint64_t now = uv_hrtime();
  uint64_t wait_ms = soonest > now ? (soonest - now + 999'999) / 1'000'000 : 0;
  uv_timer_start(&timer_, [](uv_timer_t*) {}, wait_ms, 0);
}

}  // namespace weir::io
