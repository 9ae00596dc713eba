#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "util/result.h"
#include "wit/accessor.h"

namespace weir::component {

// The name of an import or export, taken apart.
struct ExternName {
  enum class Kind { label, constructor, method, static_method, interface };

  Kind kind = Kind::label;
  // `[get]` or `[set]` before a label, or after `[method]` and `[static]`.
  wit::Accessor accessor = wit::Accessor::none;
  // Label: all of it. Constructor, method, static: the resource. Interface: `ns:pkg/iface`.
  std::string_view first;
  // Method, static: the function. Interface: the version, or empty.
  std::string_view second;
};

// Whether `text` is a label (kebab-case) of the Component Model.
bool is_label(std::string_view text);
// The error says what is wrong with the name.
Result<ExternName> parse_extern_name(std::string_view text);
// Names of one scope must differ in this, but for a getter and a setter of one property.
std::string unique_key(std::string_view name);

// Whether `text` is the name of an interface, such as `wasi:http/types@0.2.0`.
bool is_interface_name(std::string_view text);
// The name with its version cut to what compatible versions have in common: `wasi:http/types@0.2`.
// Empty if the version is compatible with itself alone, or there is none.
std::string compatible_name(std::string_view interface);

}  // namespace weir::component
