#include "wit/bindgen/own_interfaces.h"

#include <set>

#include "wit/resolve/clone.h"

namespace weir::wit {

std::optional<Resolve> with_own_interfaces(const Resolve& resolve, WorldId world) {
  std::optional<Resolve> made;
  for (auto items : {&World::imports, &World::exports}) {
    std::set<InterfaceId> seen;
    for (const auto& [key, item] : resolve[world].*items) {
      if (key.is_interface()) seen.insert(key.interface);
    }
    for (const auto& [key, item] : resolve[world].*items) {
      const auto* interface = std::get_if<WorldInterface>(&item);
      if (!interface || key.is_interface() || seen.insert(interface->id).second) continue;
      if (!made) made = resolve;
      Cloner cloner(*made, {}, {}, resolve[interface->id].package);
      InterfaceId copy = cloner.interface(interface->id);
      std::get<WorldInterface>(*((*made)[world].*items).find(key)).id = copy;
    }
  }
  return made;
}

}  // namespace weir::wit
