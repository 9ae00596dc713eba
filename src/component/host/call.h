#pragma once

#include <cstdint>

#include "component/abi_context.h"
#include "component/host/or_trap.h"
#include "util/executor.h"

namespace weir::component {

// What a request gives to the host functions that its guests call. `Instance` is one; tests of
// host functions bring another.
class CallEnvironment {
 public:
  CallEnvironment(Executor& executor, void* state) : executor_(executor), state_(state) {}

  Executor& executor() const { return executor_; }
  void* state() const { return state_; }

  // As `Call::suspend` and `Call::waiter`.
  virtual bool suspend() = 0;
  virtual Waiter& waiter() = 0;

 protected:
  ~CallEnvironment() = default;
  void set_state(void* state) { state_ = state; }

 private:
  Executor& executor_;
  void* state_;
};

// The circumstances of one call from a guest into the host. Lives as long as the call.
class Call {
 public:
  Call(CallEnvironment& environment, AbiContext& abi) : environment_(environment), abi_(abi) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // The embedder's object of this request.
  void* state() const { return environment_.state(); }
  Executor& executor() const { return environment_.executor(); }

  // Waits on the caller's fiber until `waiter()` is woken. False: the guest is being ended; return
  // `Trap::cancelled()` at once and touch no guest memory. Spurious wakes happen: loop. Views of
  // guest memory among the parameters are invalid afterwards.
  [[nodiscard]] bool suspend() { return environment_.suspend(); }
  // Waking it makes `suspend` return in a later turn. There is one a request.
  Waiter& waiter() { return environment_.waiter(); }

  // Charges work that the guest's arguments ask for against the budget of this call, in bytes
  // copied or made. False when it is exceeded: return `budget_trap()`.
  [[nodiscard]] bool charge(uint64_t bytes) { return abi_.charge(bytes); }
  Trap budget_trap() { return abi_.take_trap(); }

  AbiContext& abi() { return abi_; }

 private:
  CallEnvironment& environment_;
  AbiContext& abi_;
};

}  // namespace weir::component
