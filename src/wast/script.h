#pragma once

#include <string>
#include <string_view>

#include "util/bytes.h"
#include "util/result.h"
#include "wast/sexpr.h"

namespace weir::wast {

// A `(component …)` form of a script, in whichever of its shapes.
struct ComponentForm {
  // `$name`, or empty.
  std::string name;
  // `(component definition …)`: it is not instantiated.
  bool definition = false;
  // `(component instance $name $of)`: of a definition of that name, or the last one.
  bool instance = false;
  std::string of;
  // Its binary form; the error is why its text cannot be read.
  Result<Bytes> wasm = Bytes();
};

// `form` is a list that starts with `component`, written in `source`.
ComponentForm read_component(std::string_view source, const Sexpr& form);

}  // namespace weir::wast
