#include "io/loop.h"

#include "io/fd_watch.h"
#include "util/assert.h"

namespace weir::io {
namespace {

// Work that posts work runs in the same turn, up to a bound that keeps the descriptors served.
constexpr int kRoundsATurn = 16;
// A round that ends later than this is a turn's last: who computes whenever it is let keeps nobody
// from being heard.
constexpr uint64_t kTurnNs = 1'000'000;
// How long the work at a turn's end waits for others to run: less than anybody notices.
constexpr uint64_t kGatherNs = 100'000;

}  // namespace

struct Loop::PollSlot {
  uv_poll_t handle;
  Loop* loop;
};

void Timer::arm(Loop& loop, uint64_t deadline) { loop.start(*this, deadline); }

Loop::Loop()
    : now_(uv_hrtime()),
      began_(now_),
      over_(now_),
      wheel_(now_),
      scratch_(new uint8_t[kScratchSize]) {
  WEIR_ASSERT(uv_loop_init(&loop_) == 0);
  WEIR_ASSERT(uv_async_init(&loop_, &wake_, [](uv_async_t* handle) {
                static_cast<Loop*>(handle->data)->woke();
                static_cast<Loop*>(handle->data)->run_remote();
              }) == 0);
  wake_.data = this;
  uv_timer_init(&loop_, &timer_);
}

Loop::~Loop() {
  run_remote();
  while (ready_.pop() || turn_end_.pop()) {
  }
  uv_close(reinterpret_cast<uv_handle_t*>(&wake_), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&timer_), nullptr);
  uv_run(&loop_, UV_RUN_DEFAULT);
  WEIR_ASSERT(uv_loop_close(&loop_) == 0);
  for (PollSlot* slot : free_slots_) delete slot;
}

void Loop::post_from_any_thread(RemoteWork& work) {
  if (work.queued_.exchange(true, std::memory_order_acq_rel)) return;
  RemoteWork* head = remote_.load(std::memory_order_relaxed);
  do {
    work.next_ = head;
  } while (!remote_.compare_exchange_weak(head, &work, std::memory_order_release,
                                          std::memory_order_relaxed));
  uv_async_send(&wake_);
}

void Loop::post_from_any_thread(std::function<void()> work) {
  struct Call final : RemoteWork {
    std::function<void()> function;
    void run_on_loop() override {
      std::unique_ptr<Call> self(this);
      function();
    }
  };
  std::unique_ptr<Call> call = std::make_unique<Call>();
  call->function = std::move(work);
  post_from_any_thread(*call.release());
}

void Loop::run_remote() {
  RemoteWork* last = remote_.exchange(nullptr, std::memory_order_acquire);
  RemoteWork* first = nullptr;
  while (last) {
    RemoteWork* next = last->next_;
    last->next_ = first;
    first = last;
    last = next;
  }
  while (first) {
    RemoteWork* work = first;
    first = work->next_;
    work->queued_.store(false, std::memory_order_release);
    work->run_on_loop();
  }
}

void Loop::start(Timer& timer, uint64_t deadline) {
  if (deadline <= now_) {
    timer.unlink();
    timer.deadline_ = deadline;
    post(timer);
    return;
  }
  wheel_.add(timer, deadline);
  if (!turning_ && deadline < armed_until_) arm_uv_timer();
}

// A timer that is armed too early costs no more than an empty turn, so nothing ever disarms it.
void Loop::arm_uv_timer() {
  std::optional<uint64_t> next = wheel_.next();
  if (!next || *next >= armed_until_) return;
  armed_until_ = *next;
  uv_update_time(&loop_);
  uint64_t now = precise_now();
  // libuv counts whole milliseconds from a moment that it has rounded down.
  uint64_t delay_ms = *next <= now ? 0 : (*next - now) / 1'000'000 + 1;
  // A timer that is due as `uv_run` begins fires before that waits; stopping keeps it from waiting.
  uv_timer_start(&timer_, [](uv_timer_t* handle) { uv_stop(handle->loop); }, delay_ms, 0);
}

int Loop::backend_timeout() const {
  if (!ready_.empty() || !turn_end_.empty()) return 0;
  return uv_backend_timeout(&loop_);
}

void Loop::advance_clock(uint64_t nanoseconds) {
  skew_ += nanoseconds;
  armed_until_ = UINT64_MAX;
  arm_uv_timer();
}

void Loop::begin_turn() {
  now_ = precise_now();
  bool waited = may_wait_ && now_ - over_ > kLookNs;
  if (waited) began_ = streak_began_ = now_;
  lag_ = now_ - began_;
  busy_since_.store(began_, std::memory_order_relaxed);
  waits_since_.store(0, std::memory_order_relaxed);
  began_ = now_;
}

void Loop::turn(bool may_wait) {
  WEIR_ASSERT(!turning_);
  turning_ = true;
  may_wait_ = may_wait && ready_.empty() && turn_end_.empty();
  if (may_wait_) waits_since_.store(over_, std::memory_order_relaxed);
  waiting_ = true;
  uv_run(&loop_, may_wait_ ? UV_RUN_ONCE : UV_RUN_NOWAIT);
  woke();
  if (!uv_is_active(reinterpret_cast<uv_handle_t*>(&timer_))) armed_until_ = UINT64_MAX;
  wheel_.advance(now_, ready_);
  over_ = turn_end_ran_ = now_;
  for (int round = 0; round < kRoundsATurn && !(ready_.empty() && turn_end_.empty()); ++round) {
    if (over_ - now_ >= kTurnNs) break;
    RunQueue batch;
    batch.splice(ready_);
    while (Runnable* work = batch.pop()) {
      work->run();
      if (!turn_end_.empty() && precise_now() - turn_end_ran_ >= kGatherNs) run_turn_end();
    }
    if (ready_.empty()) {
      run_turn_end();
      over_ = turn_end_ran_;
    } else {
      over_ = precise_now();
    }
  }
  turning_ = false;
  arm_uv_timer();
}

void Loop::run_turn_end() {
  RunQueue batch;
  batch.splice(turn_end_);
  while (Runnable* work = batch.pop()) work->run();
  turn_end_ran_ = precise_now();
}

void Loop::run() {
  while (!stop_.load(std::memory_order_acquire)) turn(true);
  stop_.store(false, std::memory_order_release);
}

void Loop::run_once() {
  turn(false);
  // What this turn began to watch gets into the backend descriptor only now.
  waiting_ = true;
  uv_run(&loop_, UV_RUN_NOWAIT);
}

void Loop::stop() {
  stop_.store(true, std::memory_order_release);
  uv_async_send(&wake_);
}

Loop::PollSlot* Loop::take_slot() {
  if (free_slots_.empty()) return new PollSlot{{}, this};
  PollSlot* slot = free_slots_.back();
  free_slots_.pop_back();
  return slot;
}

FdWatch::FdWatch(Loop& loop, int fd, Owner& owner) : owner_(owner) {
  slot_ = loop.take_slot();
  if (int status = uv_poll_init(loop.raw(), &slot_->handle, fd); status != 0) {
    error_ = -status;
    loop.give_slot(slot_);
    slot_ = nullptr;
    return;
  }
  slot_->handle.data = this;
}

FdWatch::~FdWatch() {
  if (!slot_) return;
  slot_->handle.data = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&slot_->handle), [](uv_handle_t* handle) {
    Loop::PollSlot* slot = reinterpret_cast<Loop::PollSlot*>(handle);
    slot->loop->give_slot(slot);
  });
}

void FdWatch::set(unsigned events) {
  if (events == events_ || !slot_) return;
  events_ = events;
  if (events == 0) {
    uv_poll_stop(&slot_->handle);
  } else {
    uv_poll_start(&slot_->handle, static_cast<int>(events), &FdWatch::on_poll);
  }
}

void FdWatch::on_poll(uv_poll_t* handle, int status, int events) {
  FdWatch* self = static_cast<FdWatch*>(handle->data);
  if (!self) return;
  reinterpret_cast<Loop::PollSlot*>(handle)->loop->woke();
  if (status < 0) self->events_ = 0;
  self->owner_.on_ready(static_cast<unsigned>(events), status < 0 ? -status : 0);
}

}  // namespace weir::io
