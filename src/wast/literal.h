#pragma once

#include <string>

#include "component/value.h"
#include "util/result.h"
#include "wast/sexpr.h"

namespace weir::wast {

// The value that a literal such as `(u32.const 7)` or `(list.const (str.const "a"))` stands for,
// as one of `type`. The error says what does not fit. Handles have no literals.
Result<component::Value> value_of(const component::Types& types, component::ValType type,
                                  const Sexpr& literal);

// Whether the literal stands for `value`. Unlike a value of its own it may be a pattern:
// `nan:canonical` or `nan:arithmetic`.
Result<bool> matches(const component::Types& types, component::ValType type, const Sexpr& literal,
                     const component::Value& value);

// The value, for people; long ones are cut.
std::string to_string(const component::Types& types, component::ValType type,
                      const component::Value& value);

}  // namespace weir::wast
