#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "component/host/abi.h"
#include "component/host/or_trap.h"

namespace weir::component {

// Whoever waits for an operation of the host.
class OperationListener {
 public:
  // There is a result. `operation` lives on until that was taken.
  virtual void operation_finished() = 0;

 protected:
  ~OperationListener() = default;
};

// A call of a guest that the host answers later; what it does that no type matters for. It belongs
// to the runtime, which destroys it once its result was lowered, or before, when nobody wants the
// result any more: destroying it cancels. Used on the instance's thread.
class HostOperation {
 public:
  HostOperation() = default;
  HostOperation(const HostOperation&) = delete;
  HostOperation& operator=(const HostOperation&) = delete;
  virtual ~HostOperation();

  // The guest asks that it be ended (canon subtask.cancel). True, as always unless overridden: it
  // is, and the operation is destroyed. False: it goes on and will finish, or has just done so.
  virtual bool cancel();

  void set_listener(OperationListener* listener) { listener_ = listener; }
  virtual bool finished() const = 0;
  // Only once it is finished. The trap that it ended with, or null.
  virtual Trap& trap() = 0;
  // Lowers the result: to `flat`, or, if `indirect`, to the memory at `out`. On a fiber.
  virtual void lower(AbiContext& to, bool indirect, uint32_t out, Raw* flat) = 0;

 protected:
  void tell_finished() {
    if (listener_) listener_->operation_finished();
  }

 private:
  OperationListener* listener_ = nullptr;
};

template <class R>
void lower_host_result(AbiContext& to, R& value, bool indirect, uint32_t out, Raw* flat) {
  if (indirect) {
    if (uint8_t* at = to.at(out, Abi<R>::size, Abi<R>::align)) Abi<R>::lower(to, value, at);
  } else if constexpr (flat_result<R> == 1) {
    Abi<R>::lower_flat(to, value, flat);
  }
}

// An operation with a result. The host derives from it and calls `finish`.
template <class R>
class Operation : public HostOperation {
 public:
  bool finished() const final { return result_.has_value(); }
  Trap& trap() final { return result_->trap(); }
  void lower(AbiContext& to, bool indirect, uint32_t out, Raw* flat) final {
    if constexpr (!std::is_void_v<R>) {
      lower_host_result<R>(to, result_->value(), indirect, out, flat);
    }
  }

 protected:
  // Once, from the loop or from anywhere on the instance's thread. A trap ends the guest. The
  // operation may be destroyed at any time afterwards, though not before this returns.
  void finish(OrTrap<R> result) {
    WEIR_ASSERT(!result_);
    result_.emplace(std::move(result));
    tell_finished();
  }

 private:
  std::optional<OrTrap<R>> result_;
};

// What a host function of asynchronous type answers: a result, a trap, or that it goes on.
template <class R>
class [[nodiscard]] Async {
 public:
  template <class U>
    requires(!std::is_same_v<std::decay_t<U>, Async> && std::is_convertible_v<U &&, OrTrap<R>>)
  Async(U&& result) : result_(std::in_place, std::forward<U>(result)) {}
  Async()
    requires std::is_void_v<R>
      : result_(std::in_place) {}
  // Not null. Views of guest memory among the parameters are invalid once the function has
  // returned; what was borrowed stays alive until the operation is destroyed.
  template <class O>
    requires std::is_base_of_v<Operation<R>, O>
  Async(std::unique_ptr<O> operation) : operation_(std::move(operation)) {}

  // Null if there is a result.
  std::unique_ptr<HostOperation>& operation() { return operation_; }
  OrTrap<R>& result() { return *result_; }

 private:
  std::optional<OrTrap<R>> result_;
  std::unique_ptr<HostOperation> operation_;
};

}  // namespace weir::component
