#pragma once

#include <optional>
#include <tuple>
#include <utility>

#include "component/instance.h"

namespace weir::component {

// A call of an export of asynchronous type that the host makes from its loop, beside jobs and other
// calls of the same instance: several may be in flight. Its outcome comes in a later turn of the
// executor. Whoever made it owns it; destroying it while it is in flight cancels it, and what the
// guest still returns is discarded. The task may go on after it has returned: see
// `Instance::busy`. What it does that no type matters for.
class ExportCallBase : public TaskCaller, public ChainNode<CallOfInstance>, private Runnable {
 public:
  // Not on a fiber. Instantiates first if that has not been done. Once.
  void begin(Instance& instance, ExportId id);
  // Asks the guest to end, which it may do or not, and then to return a result or not: the outcome
  // comes in any case, unless the guest does neither. From the loop.
  void cancel();
  bool in_flight() const { return instance_ != nullptr; }

  // What follows is for the instance.

  // It is instantiated.
  void enter();
  // The instance has ended: with an outcome, or silently where there is no trap.
  void fail(Trap trap);
  bool entered() const { return task_ != nullptr; }

 protected:
  ~ExportCallBase();
  // Gives the outcome to the host: the result, or a trap.
  virtual void deliver(Trap trap) = 0;
  virtual Trap lift(AbiContext& from, bool indirect, const Raw* flat) = 0;

 private:
  Trap resolve(AbiContext& from, bool indirect, const Raw* flat) final;
  void cancelled() final;
  void run() final;
  void post_outcome(Trap trap);

  Instance* instance_ = nullptr;
  ExportId id_;
  Task* task_ = nullptr;
  Trap trap_;
};

template <class R, class... A>
class ExportCall : public ExportCallBase {
 protected:
  explicit ExportCall(A... arguments) : arguments_(std::move(arguments)...) {}
  ~ExportCall() = default;

  // The outcome: what the guest returned, or why it did not. `Trap::Kind::cancelled`: because it
  // was asked to. May destroy this, and the instance.
  virtual void done(OrTrap<R> outcome) = 0;

 private:
  Trap start(AbiContext& to, const Lifted&, Raw* flat) final {
    std::apply([&](A&... arguments) { lower_arguments(to, flat, arguments...); }, arguments_);
    return to.take_trap();
  }
  Trap lift(AbiContext& from, bool indirect, const Raw* flat) final {
    return lift_returned<R>(from, indirect, flat, result_);
  }
  void deliver(Trap trap) final {
    if (trap) {
      done(std::move(trap));
    } else if constexpr (std::is_void_v<R>) {
      done({});
    } else {
      done(std::move(*result_));
    }
  }

  std::tuple<A...> arguments_;
  std::optional<ReturnedValue<R>> result_;
};

}  // namespace weir::component
