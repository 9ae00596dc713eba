#pragma once

#include <unordered_map>
#include <vector>

#include "wit/resolve.h"

namespace weir::wit {

// Copies what belongs to a world into another one: its types become types of their own there.
class Cloner {
 public:
  Cloner(Resolve& resolve, Owner from, Owner to, PackageId package)
      : resolve_(resolve), from_(from), to_(to), package_(package) {}

  // A copy of an item with a plain name. Named interfaces are shared, not copied.
  WorldItem clone(const WorldItem& item);
  // A copy of an interface, with types of its own.
  InterfaceId interface(InterfaceId id);

 private:
  Type type(Type type);
  TypeId type_id(TypeId id) { return type(Type(id)).id(); }
  void function(Function& function);
  // Copies everything that `root` is made of and that belongs to `from_`.
  void copy_types(TypeId root);

  Resolve& resolve_;
  Owner from_;
  Owner to_;
  PackageId package_;
  std::unordered_map<uint32_t, Type> copies_;
};

}  // namespace weir::wit
