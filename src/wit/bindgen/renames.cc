#include "wit/bindgen/renames.h"

#include <set>

namespace weir::wit {

Result<void> check_renames(const Resolve& resolve, WorldId world, const Renames& renames) {
  if (renames.empty()) return {};
  std::set<std::string> known;
  for (const WorldItems* items : {&resolve[world].imports, &resolve[world].exports}) {
    for (const auto& [key, item] : *items) {
      if (std::holds_alternative<WorldInterface>(item)) known.insert(resolve.name_of(key));
    }
  }
  std::map<std::string, std::string> taken;
  for (const auto& [interface, name] : renames) {
    if (!known.contains(interface)) {
      return Err(Error{"--rename: the world `" + resolve[world].name +
                       "` neither imports nor exports an interface `" + interface + "`"});
    }
    auto [at, fresh] = taken.try_emplace(name, interface);
    if (fresh) continue;
    return Err(Error{"--rename: `" + at->second + "` and `" + interface +
                     "` cannot both be called `" + name + "`"});
  }
  return {};
}

}  // namespace weir::wit
