#pragma once

#include <array>
#include <string>

#include "component/host/abi.h"
#include "component/plan.h"

namespace weir::component {

// What `describe` makes of a function type in C++.
using DescribeFunction = FuncTypeId (*)(TypeBuilder& builder);

// Empty if the export has the type that `describe` gives, names of parameters aside; else what
// differs. For link time: it copies the plan's types.
std::string export_type_error(const Plan& plan, ExportId id, DescribeFunction describe);

// What the C++ type of elements is called in `plan`; false if the plan has no such type. It copies
// the plan's types.
bool find_host_element(const Plan& plan, DescribeElement describe, std::optional<ValType>& type);

template <class R, class... A>
FuncTypeId describe_function(TypeBuilder& builder) {
  std::array<ValType, sizeof...(A)> params = {Abi<A>::describe(builder)...};
  return builder.func(params, describe_payload<R>(builder));
}

template <class R, class... A>
FuncTypeId describe_async_function(TypeBuilder& builder) {
  std::array<ValType, sizeof...(A)> params = {Abi<A>::describe(builder)...};
  return builder.async_func(params, describe_payload<R>(builder));
}

// Whether `Instance::call<R, A...>` may be used on the export, whether it is of asynchronous type
// or not: empty, or why not.
template <class R, class... A>
std::string export_type_error(const Plan& plan, ExportId id) {
  bool async = plan.types.func(plan.exported[id.index].type).async;
  return export_type_error(plan, id,
                           async ? &describe_async_function<R, A...> : &describe_function<R, A...>);
}

}  // namespace weir::component
