#pragma once

#include <vector>

#include "component/value.h"

namespace weir::component {

// The parameters and the result of one call on their way between two component instances, or
// between one and a caller who has values. Lifting and lowering may be done at different times.
// Failures are kept by the `AbiContext`.
class Transfer {
 public:
  explicit Transfer(Instance& root);

  // Lifts from core values, or, if `indirect`, from the memory that the first of them points to.
  void lift_params(AbiContext& from, const FuncType& type, bool indirect, const Raw* flat);
  // Lowers them to core values, or, if `indirect`, to new memory that the first then points to.
  void lower_params(AbiContext& to, const FuncType& type, bool indirect, Raw* flat);

  Value lift_result(AbiContext& from, ValType type, bool indirect, const Raw* flat);
  // If `indirect`, to the memory at `out`, which the caller gave.
  void lower_result(AbiContext& to, ValType type, Value& value, bool indirect, uint32_t out,
                    Raw* flat);

  // The parameters: what was lifted, or what is to be lowered.
  std::vector<Value>& params() { return params_; }

 private:
  ValueAbi values_;
  std::vector<Value> params_;
};

}  // namespace weir::component
