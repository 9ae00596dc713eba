#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace weir::wit {

// An index into one of the flat arenas of a `Resolve`. The tag keeps the arenas apart.
template <class Tag>
struct Id {
  static constexpr uint32_t kNone = UINT32_MAX;

  uint32_t index = kNone;

  constexpr bool valid() const { return index != kNone; }
  friend constexpr auto operator<=>(Id, Id) = default;
};

using TypeId = Id<struct TypeDef>;
using InterfaceId = Id<struct Interface>;
using WorldId = Id<struct World>;
using PackageId = Id<struct Package>;

}  // namespace weir::wit

template <class Tag>
struct std::hash<weir::wit::Id<Tag>> {
  size_t operator()(weir::wit::Id<Tag> id) const { return std::hash<uint32_t>()(id.index); }
};
