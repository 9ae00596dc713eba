#pragma once

#include <unordered_map>

#include "component/universe.h"

namespace weir::component {

// Replaces resources by others in types. Types that mention none of them stay as they are.
class Substitution {
 public:
  explicit Substitution(Universe& universe) : universe_(universe) {}

  // From now on `from` becomes `to`; no type that mentions it may have been replaced before.
  void set(ResourceId from, ResourceId to);
  // The same for a type that was given another name: only the names differ.
  void set(TypeId from, TypeId to);
  bool empty() const { return resources_.empty() && types_.empty(); }
  // Whether `resource` has a replacement.
  bool has(ResourceId resource) const;

  ResourceId apply(ResourceId resource);
  ValType apply(ValType type);
  FuncTypeId apply(FuncTypeId type);
  InstanceTypeId apply(InstanceTypeId type);
  ComponentTypeId apply(ComponentTypeId type);
  AnyType apply(AnyType type);
  ExternType apply(const ExternType& type);

 private:
  ExternList apply(const ExternList& list);

  Universe& universe_;
  // By canonical resource. A resource's own names map to names of the new one.
  std::unordered_map<uint32_t, ResourceId> resources_;
  std::unordered_map<uint32_t, TypeId> types_;
  std::unordered_map<uint64_t, uint32_t> done_;
};

}  // namespace weir::component
