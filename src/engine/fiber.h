#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/switch_notes.h"
#include "engine/ticker.h"
#include "engine/trap.h"

struct weir_fiber;

namespace weir::engine {

class Fiber;
class Store;
struct Activation;

// What a fiber does. Lives as long as the fiber.
class FiberBody {
 public:
  // C++ that runs on the fiber and calls guests by `Store::call`. Once a call answered a trap of
  // `Kind::cancelled` it returns soon.
  virtual void run(Fiber& fiber) = 0;

 protected:
  ~FiberBody() = default;
};

// A stack of its own on which guests and the host functions that they call run, so that they can
// wait in the middle of a call. Belongs to a store and its thread. Not movable.
class Fiber {
 public:
  enum class Progress : uint8_t {
    // The body has returned, or could not start: see `start_error`.
    done,
    // It waits: somebody called `suspend`.
    blocked,
    // It used up its turn: resume it when others have had theirs.
    preempted,
  };

  // Who may enter the owner store while the fiber waits.
  enum class While : uint8_t {
    closed,
    // The owner itself stays open, as a wait of a 0.3 task on its own instance needs it. Stores
    // that are nested on the fiber are closed in any case.
    owner_open,
  };

  // A running guest keeps its turn for so long, to the next tick.
  static constexpr uint64_t turn_ns = 5'000'000;

  // Nothing runs before `resume`. Both outlive the fiber.
  Fiber(Store& owner, FiberBody& body);
  // Cancels.
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Runs it until it waits or ends. From the event loop's stack, or from another fiber, which is
  // then given as `from`; never from the fiber itself, after `done`, or while another fiber is
  // suspended in the owner's code.
  Progress resume(Fiber* from = nullptr);

  // On the fiber, from any store on it: waits until somebody resumes it. False when it was
  // cancelled: then, return a trap at once. From then on it answers false without waiting.
  bool suspend(While mode = While::closed);

  // On the fiber: ends its turn as if it had been pre-empted, because a fiber that it has resumed
  // was. Answers as `suspend`.
  bool yield_turn();

  // Not on the fiber: makes the `suspend` that it waits in, and all later ones, answer false, so
  // that what is on its stack is destroyed, and runs it to its end. Then it is done. Does nothing
  // on a fiber that is.
  void cancel(Fiber* from = nullptr);

  bool started() const { return started_; }
  bool done() const { return done_; }
  bool cancelled() const { return cancelled_; }
  bool running() const { return running_; }
  Store& owner() const { return owner_; }

  // After `done`: why the body could not run at all, as when the pool has no stack left, else
  // nothing.
  Trap& start_error() { return start_error_; }

  // CPU time that it ran, guests and host functions together, by the monotonic clock between
  // switches; without what other fibers ran that it resumed.
  uint64_t cpu_ns() const;
  // Beyond `ns` the guest ends with a trap of `Kind::cpu_limit` at the next tick. 0: no limit.
  void set_cpu_limit(uint64_t ns) { cpu_limit_ns_ = ns; }

  // Bytes of stack that are left below the caller.
  size_t stack_left() const {
    return static_cast<size_t>(static_cast<uint8_t*>(__builtin_frame_address(0)) - stack_bottom_);
  }

 private:
  friend class Store;
  friend struct StoreCallbacks;

  // Gives the thread to the fiber, to go on or, with `end`, to be taken down.
  void run(Fiber* from, bool end);
  // What runs first on the fiber's stack.
  void enter();
  // Gives back most of a stack that a guest has used much of, for the system would keep it for
  // ever. Nothing runs on it, and nobody else has it yet.
  void trim_stack();
  void mark_suspended(While mode, uint32_t change);
  // The epoch's deadline has passed in a guest on this fiber. Answers a trap to end it.
  Trap on_epoch();

  Store& owner_;
  FiberBody& body_;
  Ticker::Lane* lane_ = nullptr;
  weir_fiber* raw_ = nullptr;
  // The innermost call into a guest on the fiber.
  Activation* top_ = nullptr;
  uint8_t* stack_bottom_ = nullptr;
  // What has to be left of it to enter a guest.
  size_t stack_needed_;
  Trap start_error_;
  uint64_t cpu_limit_ns_ = 0;
  uint64_t cpu_ns_ = 0;
  uint64_t resumed_at_ns_ = 0;
  // What fibers that this one resumed have used since `resumed_at_ns_`.
  uint64_t lent_ns_ = 0;
  bool started_ = false;
  bool running_ = false;
  bool done_ = false;
  bool cancelled_ = false;
  bool preempted_ = false;
  [[no_unique_address]] SwitchNotes notes_;
};

}  // namespace weir::engine
