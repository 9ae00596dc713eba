#pragma once

#include <unordered_set>

#include "component/universe.h"

namespace weir::component {

// Collects the resources that types mention.
class Mentions {
 public:
  explicit Mentions(const Universe& universe) : universe_(universe) {}

  void walk(AnyType type);
  void walk(const ExternType& type);
  void walk(const ExternList& list);

  // Whether a canonical resource was met that the types met do not introduce themselves.
  bool free(ResourceId canonical) const {
    return found_.contains(canonical.index) && !bound_.contains(canonical.index);
  }
  bool any_free() const;

 private:
  void walk(ValType type);

  const Universe& universe_;
  std::unordered_set<uint64_t> seen_;
  std::unordered_set<uint32_t> found_;
  std::unordered_set<uint32_t> bound_;
};

}  // namespace weir::component
