#pragma once

#include <optional>
#include <string>
#include <utility>

#include "component/async/host_call.h"
#include "component/async/scheduler.h"
#include "component/host/abi.h"
#include "component/host/or_trap.h"

namespace weir::component {

class Instance;

// One call of the host into a guest's export; what `call_export` does that no type matters for.
class GuestCall {
 public:
  GuestCall(Instance& instance, ExportId id);
  GuestCall(const GuestCall&) = delete;
  GuestCall& operator=(const GuestCall&) = delete;

  AbiContext& abi() { return abi_; }
  // Calls, with what was lowered into `flat()`; the results replace it.
  void call();
  // Where a result lies that is too much for a core value; null if there is a trap.
  const uint8_t* result(uint64_t size, uint32_t align);
  // After the result was lifted: lets the guest free it.
  Trap finish();

  Raw* flat() { return flat_; }
  // Only if there is no trap.
  const wit::FlatSignature& signature() const { return lifted_->signature; }

 private:
  Instance& instance_;
  const Lifted* lifted_;
  BorrowScope scope_;
  AbiContext abi_;
  // From the call to the end of post-return.
  std::optional<Scheduler::Frame> frame_;
  Raw flat_[wit::kMaxFlatParams];
  Raw results_[1];
};

// Lowers the arguments of a call to `flat` or, if there are too many, to new memory.
template <class... A>
void lower_arguments(AbiContext& to, Raw* flat, A&... arguments) {
  if constexpr (flat_params<A...> <= kMaxFlatParams) {
    (Abi<A>::lower_flat(to, arguments, flat), ...);
  } else {
    static constexpr RecordLayout<sizeof...(A)> layout{{Abi<A>::size...}, {Abi<A>::align...}};
    uint32_t address;
    uint8_t* at = to.allocate(layout.size, layout.align, address);
    flat->u64 = address;
    size_t i = 0;
    if (at) (Abi<A>::lower(to, arguments, at + layout.offsets[i++]), ...);
  }
}

// What stands for a result of type `R`, which may be `void`.
template <class R>
using ReturnedValue = std::conditional_t<std::is_void_v<R>, Unit, R>;

// Lifts what a function of asynchronous type returned: from `flat` or, if `indirect`, from the
// memory that the first points to.
template <class R>
Trap lift_returned(AbiContext& from, bool indirect, const Raw* flat,
                   std::optional<ReturnedValue<R>>& result) {
  if constexpr (!std::is_void_v<R>) {
    if (indirect) {
      if (const uint8_t* at = from.at(flat->u32, Abi<R>::size, Abi<R>::align)) {
        result.emplace(Abi<R>::lift(from, at));
      }
    } else if constexpr (flat_result<R> <= kMaxFlatParams) {
      result.emplace(Abi<R>::lift_flat(from, flat));
    }
  }
  return from.take_trap();
}

// A call of an export of asynchronous type, in a job.
template <class R, class... A>
class TypedHostCall final : public HostCall {
 public:
  TypedHostCall(Instance& instance, ExportId id, A&... arguments)
      : HostCall(instance, id), arguments_(arguments...) {}

  Trap start(AbiContext& to, const Lifted&, Raw* flat) override {
    std::apply([&](A&... arguments) { lower_arguments(to, flat, arguments...); }, arguments_);
    return to.take_trap();
  }
  OrTrap<R> take_result() {
    if constexpr (std::is_void_v<R>) {
      return {};
    } else {
      return std::move(*result_);
    }
  }

 private:
  Trap lift(AbiContext& from, bool indirect, const Raw* flat) override {
    return lift_returned<R>(from, indirect, flat, result_);
  }

  std::tuple<A&...> arguments_;
  std::optional<ReturnedValue<R>> result_;
};

template <class R, class... A>
OrTrap<R> call_async_export(Instance& instance, ExportId id, A&... arguments) {
  TypedHostCall<R, A...> call(instance, id, arguments...);
  if (Trap trap = call.run()) return trap;
  return call.take_result();
}

template <class R, class... A>
OrTrap<R> call_export(Instance& instance, ExportId id, A&... arguments) {
  if (HostCall::is_for(instance, id)) {
    return call_async_export<R>(instance, id, arguments...);
  }
  GuestCall call(instance, id);
  AbiContext& abi = call.abi();
  lower_arguments(abi, call.flat(), arguments...);
  call.call();
  if constexpr (std::is_void_v<R>) {
    return call.finish();
  } else {
    alignas(8) static constexpr uint8_t zeroes[Abi<R>::size] = {};
    const uint8_t* at = zeroes;
    const Raw* flat = call.flat();
    constexpr bool indirect = flat_result<R> > kMaxFlatResults;
    if constexpr (indirect) {
      const uint8_t* found = call.result(Abi<R>::size, Abi<R>::align);
      if (found) at = found;
    }
    if (!abi.ok()) return call.finish();
    R value = indirect ? Abi<R>::lift(abi, at) : Abi<R>::lift_flat(abi, flat);
    if (Trap trap = call.finish()) return trap;
    return value;
  }
}

}  // namespace weir::component
