#include "wit/binary/interface_order.h"

#include <algorithm>
#include <utility>

#include "wit/resolve/toposort.h"

namespace weir::wit::binary {
namespace {

// Moves each interface to the place that `order` has it at.
void reorder(Resolve& resolve, const std::vector<uint32_t>& order) {
  std::vector<uint32_t> places(order.size());
  std::vector<Interface> interfaces;
  for (uint32_t old : order) {
    places[old] = static_cast<uint32_t>(interfaces.size());
    interfaces.push_back(std::move(resolve.interfaces[old]));
  }
  resolve.interfaces = std::move(interfaces);
  auto move = [&](InterfaceId& id) { id.index = places[id.index]; };
  for (Interface& interface : resolve.interfaces)
    std::ranges::for_each(interface.dependencies, move);
  for (Package& package : resolve.packages) {
    for (auto& [name, id] : package.interfaces) move(id);
    package.interfaces.stable_sort([](const auto& entry) { return entry.second.index; });
  }
  for (uint32_t i = 0; i < resolve.types.size(); ++i) {
    Owner& owner = resolve.types.edit(TypeId{i}).owner;
    if (owner.kind == Owner::Kind::interface) owner.index = places[owner.index];
  }
  for (World& world : resolve.worlds) {
    for (WorldItems* items : {&world.imports, &world.exports}) {
      WorldItems moved;
      for (auto& [key, item] : *items) {
        WorldKey moved_key = key;
        if (key.is_interface()) move(moved_key.interface);
        if (auto* interface = std::get_if<WorldInterface>(&item)) move(interface->id);
        moved.insert(std::move(moved_key), std::move(item));
      }
      *items = std::move(moved);
    }
  }
}

// Puts what interfaces need before them.
void order_items(const Resolve& resolve, WorldItems& items) {
  WorldItems ordered;
  std::vector<bool> seen(resolve.interfaces.size());
  for (const auto& [key, item] : items) {
    if (const auto* root = std::get_if<WorldInterface>(&item)) {
      std::vector<InterfaceId> needed;
      add_needed(resolve, root->id, seen, needed);
      for (InterfaceId id : needed) {
        WorldKey needed_key = WorldKey::of(id);
        if (const WorldItem* found = items.find(needed_key)) ordered.insert(needed_key, *found);
      }
    }
    ordered.insert(key, item);
  }
  items = std::move(ordered);
}

}  // namespace

void add_needed(const Resolve& resolve, InterfaceId id, std::vector<bool>& seen,
                std::vector<InterfaceId>& needed) {
  auto first = static_cast<ptrdiff_t>(needed.size());
  std::vector<InterfaceId> open{id};
  while (!open.empty()) {
    InterfaceId next = open.back();
    open.pop_back();
    for (InterfaceId dependency : resolve[next].dependencies) {
      if (seen[dependency.index]) continue;
      seen[dependency.index] = true;
      needed.push_back(dependency);
      open.push_back(dependency);
    }
  }
  std::ranges::sort(needed.begin() + first, needed.end());
}

bool order_interfaces(Resolve& resolve) {
  std::vector<std::vector<uint32_t>> needs(resolve.interfaces.size());
  bool in_order = true;
  for (uint32_t i = 0; i < needs.size(); ++i) {
    for (InterfaceId id : resolve.interfaces[i].dependencies) {
      needs[i].push_back(id.index);
      in_order = in_order && id.index < i;
    }
  }
  if (!in_order) {
    Toposort sorted = toposort(needs);
    if (sorted.cycle) return false;
    reorder(resolve, sorted.order);
  }
  for (World& world : resolve.worlds) {
    order_items(resolve, world.imports);
    order_items(resolve, world.exports);
  }
  return true;
}

}  // namespace weir::wit::binary
