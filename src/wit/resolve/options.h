#pragma once

#include <set>
#include <string>

namespace weir::wit {

// Which `@unstable` items are let in.
struct Features {
  std::set<std::string, std::less<>> names;
  // Every feature there is.
  bool all = false;

  bool has(const std::string& feature) const { return all || names.contains(feature); }
};

}  // namespace weir::wit
