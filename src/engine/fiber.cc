#include "engine/fiber.h"

#include <sys/mman.h>
#include <time.h>

#include "engine/activation.h"
#include "engine/c_api.h"
#include "engine/store.h"
#include "engine/trap_reader.h"

namespace weir::engine {

namespace {

// Nanoseconds on the monotonic clock, without a system call.
uint64_t now_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

// What stays of a stack for the next fiber, from its top: twice what usual guests use.
constexpr size_t kept_of_stack = 32 << 10;

// Whether somebody has been below that: nearly every frame leaves a return address.
[[clang::no_sanitize("address", "thread")]] bool was_deep(const uint8_t* kept) {
  constexpr size_t size = 4096;
  // Of words at distances that no size of frames is a multiple of.
  constexpr size_t step = 11 * sizeof(uint64_t);
  uint64_t any = 0;
  for (size_t at = 0; at < size; at += step)
    any |= *reinterpret_cast<const uint64_t*>(kept - size + at);
  return any != 0;
}

}  // namespace

Fiber::Fiber(Store& owner, FiberBody& body)
    : owner_(owner),
      body_(body),
      lane_(&owner.engine().ticker().lane()),
      stack_needed_(owner.engine().config().max_wasm_stack + host_stack_reserve) {}

Fiber::~Fiber() { cancel(); }

Fiber::Progress Fiber::resume(Fiber* from) {
  WEIR_ASSERT(!running_ && !done_);
  WEIR_ASSERT(from == nullptr || from->running_);
  if (!started_) {
    started_ = true;
    raw_ =
        weir_fiber_new(owner_.context_, [](void* env) { static_cast<Fiber*>(env)->enter(); }, this);
  }
  preempted_ = false;
  run(from, false);
  if (done_) return Progress::done;
  return preempted_ ? Progress::preempted : Progress::blocked;
}

void Fiber::cancel(Fiber* from) {
  WEIR_ASSERT(!running_);
  if (done_) return;
  cancelled_ = true;
  if (started_) {
    run(from, true);
  } else {
    done_ = true;
  }
  WEIR_ASSERT(done_);
}

void Fiber::run(Fiber* from, bool end) {
  Ticker& ticker = owner_.engine_.ticker();
  Fiber* previous = owner_.fiber_;
  owner_.fiber_ = this;
  running_ = true;
  lent_ns_ = 0;
  ticker.enter(*lane_);
  resumed_at_ns_ = now_ns();
  notes_.before_resume();
  if (end) {
    weir_fiber_delete(raw_);
    raw_ = nullptr;
    done_ = true;
  } else {
    wasmtime_error_t* error = nullptr;
    uint8_t progress = weir_fiber_resume(raw_, &error);
    done_ = progress != WEIR_FIBER_SUSPENDED;
    if (error) start_error_ = TrapReader::of_setup(nullptr, error, "a request cannot be started");
  }
  notes_.after_resume();
  uint64_t took = now_ns() - resumed_at_ns_;
  ticker.leave(*lane_);
  cpu_ns_ += took - lent_ns_;
  lent_ns_ = 0;
  if (from) from->lent_ns_ += took;
  running_ = false;
  owner_.fiber_ = previous;
  if (done_) {
    notes_.retire();
    if (raw_) weir_fiber_delete(raw_);
    raw_ = nullptr;
    if (stack_bottom_) trim_stack();
  }
}

void Fiber::trim_stack() {
  size_t size = owner_.engine_.config().fiber_stack - kept_of_stack;
  if (owner_.trapped_ || was_deep(stack_bottom_ + size))
    madvise(stack_bottom_, size, MADV_DONTNEED);
}

void Fiber::enter() {
  SwitchNotes::took_slot(owner_.engine_.raw());
  stack_bottom_ = weir_fiber_stack_bottom(owner_.context_);
  notes_.arrived(stack_bottom_, owner_.engine_.config().fiber_stack);
  body_.run(*this);
  WEIR_ASSERT(top_ == nullptr);
  SwitchNotes::gives_slot(owner_.engine_.raw());
  notes_.leaving(true);
}

bool Fiber::suspend(While mode) {
  WEIR_ASSERT(running_);
  if (cancelled_) return false;
  mark_suspended(mode, 1);
  notes_.leaving(false);
  bool resumed = weir_fiber_suspend(owner_.context_);
  notes_.arrived(stack_bottom_, owner_.engine_.config().fiber_stack);
  mark_suspended(mode, static_cast<uint32_t>(-1));
  WEIR_ASSERT(resumed != cancelled_);
  return resumed;
}

bool Fiber::yield_turn() {
  preempted_ = true;
  return suspend(While::closed);
}

void Fiber::mark_suspended(While mode, uint32_t change) {
  for (Activation* activation = top_; activation; activation = activation->outer) {
    if (mode == While::owner_open && activation->store == &owner_) continue;
    activation->store->closed_ += change;
  }
}

Trap Fiber::on_epoch() {
  if (cancelled_) return Trap::cancelled();
  uint64_t now = now_ns();
  uint64_t turn = now - resumed_at_ns_ - lent_ns_;
  if (cpu_limit_ns_ != 0 && cpu_ns_ + turn > cpu_limit_ns_) {
    return Trap(Trap::Kind::cpu_limit, "the guest used up its CPU time of " +
                                           std::to_string(cpu_limit_ns_ / 1'000'000) + " ms");
  }
  if (turn < turn_ns) return {};
  preempted_ = true;
  if (!suspend(While::closed)) return Trap::cancelled();
  return {};
}

uint64_t Fiber::cpu_ns() const {
  if (!running_) return cpu_ns_;
  return cpu_ns_ + (now_ns() - resumed_at_ns_ - lent_ns_);
}

}  // namespace weir::engine
