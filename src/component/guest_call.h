#pragma once

#include <optional>
#include <string>
#include <utility>

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
  // Where parameters go that are too many for core values; null if there is a trap.
  uint8_t* params(uint64_t size, uint32_t align);
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

template <class R, class... A>
OrTrap<R> call_export(Instance& instance, ExportId id, A&... arguments) {
  GuestCall call(instance, id);
  AbiContext& abi = call.abi();
  if constexpr (flat_params<A...> <= kMaxFlatParams) {
    [[maybe_unused]] Raw* flat = call.flat();
    (Abi<A>::lower_flat(abi, arguments, flat), ...);
  } else {
    static constexpr RecordLayout<sizeof...(A)> layout{{Abi<A>::size...}, {Abi<A>::align...}};
    if (uint8_t* at = call.params(layout.size, layout.align)) {
      size_t i = 0;
      (Abi<A>::lower(abi, arguments, at + layout.offsets[i++]), ...);
    }
  }
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
