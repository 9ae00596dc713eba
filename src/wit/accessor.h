#pragma once

#include <cstdint>
#include <string_view>

namespace weir::wit {

// Whether a function reads or writes a property: `size: get() -> u32`, `size: set(value: u32)`.
enum class Accessor : uint8_t { none, getter, setter };

// What stands before the name of the property in a component: `[get]`, `[set]`.
inline std::string_view annotation_of(Accessor accessor) {
  if (accessor == Accessor::none) return "";
  return accessor == Accessor::getter ? "[get]" : "[set]";
}

// Takes `[get]` or `[set]` off the front of a name.
inline Accessor take_accessor(std::string_view& name) {
  for (Accessor accessor : {Accessor::getter, Accessor::setter}) {
    std::string_view annotation = annotation_of(accessor);
    if (!name.starts_with(annotation)) continue;
    name.remove_prefix(annotation.size());
    return accessor;
  }
  return Accessor::none;
}

}  // namespace weir::wit
