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

template <class R, class... A>
FuncTypeId describe_function(TypeBuilder& builder) {
  std::array<ValType, sizeof...(A)> params = {Abi<A>::describe(builder)...};
  return builder.func(params, describe_payload<R>(builder));
}

// Whether `Instance::call<R, A...>` may be used on the export: empty, or why not.
template <class R, class... A>
std::string export_type_error(const Plan& plan, ExportId id) {
  return export_type_error(plan, id, &describe_function<R, A...>);
}

}  // namespace weir::component
