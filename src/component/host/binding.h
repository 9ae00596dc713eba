#pragma once

#include <tuple>
#include <utility>

#include "component/host/abi.h"
#include "component/host/call.h"
#include "component/host/operation.h"
#include "component/host/or_trap.h"

namespace weir::component {

class HostFunction;

// Connects a member function of a generated `Host` to core values: `invoke` lifts the arguments,
// calls it and lowers what it returns. For functions of asynchronous type `begin` does, unless they
// go on.
template <auto method>
struct Binding;

// The parameters of a host function as they come from a guest that passes up to `max_flat` of them
// as core values.
template <uint32_t max_flat, class... P>
struct HostParams {
  using Arguments = std::tuple<typename ParamOf<P>::Stored...>;
  using ArgumentsAbi = TupleAbi<Arguments, std::index_sequence_for<P...>>;
  static constexpr bool indirect = flat_params<typename ParamOf<P>::Stored...> > max_flat;
  static constexpr uint32_t core_params =
      indirect ? 1 : flat_params<typename ParamOf<P>::Stored...>;

  static Arguments lift(AbiContext& abi, const Raw* values) {
    if constexpr (indirect) {
      const uint8_t* at = abi.at(values->u32, ArgumentsAbi::size, ArgumentsAbi::align);
      // Nothing can be read; the dummy is never passed on.
      if (!at) at = zeroes<ArgumentsAbi::size>();
      return ArgumentsAbi::lift(abi, at);
    } else {
      return ArgumentsAbi::lift_flat(abi, values);
    }
  }

 private:
  template <uint32_t n>
  static const uint8_t* zeroes() {
    alignas(8) static constexpr uint8_t bytes[n] = {};
    return bytes;
  }
};

using AnyFunction = void (*)();
// The function that finds the `Host` of a request, and the request.
AnyFunction host_finder(const HostFunction& function);

template <class H, class R, class... P, OrTrap<R> (H::*method)(Call&, P...)>
struct Binding<method> {
  using Params = HostParams<kMaxFlatParams, P...>;
  using Arguments = typename Params::Arguments;

  template <size_t... I>
  static OrTrap<R> apply(H& host, Call& call, Arguments& arguments, std::index_sequence<I...>) {
    return (host.*method)(call, ParamOf<P>::pass(std::get<I>(arguments))...);
  }

  static Trap invoke(const HostFunction& function, Call& call, Raw* values) {
    AbiContext& abi = call.abi();
    Arguments arguments = Params::lift(abi, values);
    if (!abi.ok()) [[unlikely]]
      return abi.take_trap();
    H& host = reinterpret_cast<H& (*)(void*)>(host_finder(function))(call.state());
    OrTrap<R> result = apply(host, call, arguments, std::index_sequence_for<P...>());
    if (!result.ok()) [[unlikely]]
      return std::move(result.trap());
    if constexpr (flat_result<R> > kMaxFlatResults) {
      uint8_t* at = abi.at(values[Params::core_params].u32, Abi<R>::size, Abi<R>::align);
      if (at) Abi<R>::lower(abi, result.value(), at);
    } else if constexpr (flat_result<R> != 0) {
      Abi<R>::lower_flat(abi, result.value(), values);
    }
    return abi.take_trap();
  }

  static FuncTypeId describe(TypeBuilder& builder) {
    std::array<ValType, sizeof...(P)> params = {
        Abi<typename ParamOf<P>::Stored>::describe(builder)...};
    return builder.func(params, describe_payload<R>(builder));
  }
};

template <class H, class R, class... P, Async<R> (H::*method)(Call&, P...)>
struct Binding<method> {
  // `lowered_async`: how the guest lowered it. Leaves `pending` null where there is a result.
  static Trap begin(const HostFunction& function, Call& call, bool lowered_async, Raw* values,
                    std::unique_ptr<HostOperation>& pending) {
    return lowered_async ? run<kMaxFlatAsyncParams>(function, call, values, pending)
                         : run<kMaxFlatParams>(function, call, values, pending);
  }

  static FuncTypeId describe(TypeBuilder& builder) {
    std::array<ValType, sizeof...(P)> params = {
        Abi<typename ParamOf<P>::Stored>::describe(builder)...};
    return builder.async_func(params, describe_payload<R>(builder));
  }

 private:
  template <uint32_t max_flat>
  static Trap run(const HostFunction& function, Call& call, Raw* values,
                  std::unique_ptr<HostOperation>& pending) {
    using Params = HostParams<max_flat, P...>;
    AbiContext& abi = call.abi();
    typename Params::Arguments arguments = Params::lift(abi, values);
    if (!abi.ok()) [[unlikely]]
      return abi.take_trap();
    H& host = reinterpret_cast<H& (*)(void*)>(host_finder(function))(call.state());
    Async<R> answer = std::apply(
        [&](auto&... stored) { return (host.*method)(call, ParamOf<P>::pass(stored)...); },
        arguments);
    if (answer.operation()) {
      pending = std::move(answer.operation());
      return {};
    }
    if (!answer.result().ok()) [[unlikely]]
      return std::move(answer.result().trap());
    if constexpr (!std::is_void_v<R>) {
      bool indirect = max_flat == kMaxFlatAsyncParams || flat_result<R> > kMaxFlatResults;
      uint32_t out = indirect ? values[Params::core_params].u32 : 0;
      lower_host_result<R>(abi, answer.result().value(), indirect, out, values);
    }
    return abi.take_trap();
  }
};

}  // namespace weir::component
