#pragma once

#include <string>
#include <unordered_set>

#include "component/substitution.h"
#include "component/universe.h"

namespace weir::component {

// Decides whether one thing may stand where another is expected. The expected side is read under
// `substitution`; resources that it introduces (`introduce`) are bound there to the actual ones,
// where they first occur as a type.
class Matcher {
 public:
  Matcher(Universe& universe, Substitution& substitution)
      : universe_(universe), substitution_(substitution) {}

  void introduce(const std::vector<ResourceId>& resources);

  // Whether something of type `actual` may be used as `expected`; if not, `why()` tells.
  bool match(const ExternType& actual, const ExternType& expected);
  const std::string& why() const { return why_; }

 private:
  bool match_instances(InstanceTypeId actual, InstanceTypeId expected);
  bool match_components(ComponentTypeId actual, ComponentTypeId expected);
  bool match_modules(ModuleTypeId actual, ModuleTypeId expected);
  bool match_types(AnyType actual, AnyType expected);
  bool fail(std::string why);

  Universe& universe_;
  Substitution& substitution_;
  std::unordered_set<uint32_t> introduced_;
  std::string why_;
};

}  // namespace weir::component
