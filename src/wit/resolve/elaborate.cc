#include "wit/resolve/package_resolver.h"

// A world says what it imports and exports; what those need has to be imported too (or exported,
// if the world exports it). Nothing recurses here: chains of interfaces can be long.
namespace weir::wit {
namespace {

// The order of imports: interfaces, used types, types, functions, functions of resources.
uint32_t rank(const Resolve& resolve, const WorldItem& item) {
  if (std::holds_alternative<WorldInterface>(item)) return 0;
  if (const auto* type = std::get_if<WorldType>(&item)) {
    return resolve.used_type(type->id) ? 1 : 2;
  }
  return std::get<Function>(item).resource.valid() ? 4 : 3;
}

}  // namespace

bool PackageResolver::charge_world_items(uint64_t count, Span span) {
  if (run_.world_items_left < count) {
    return fail(ErrorKind::too_large, span, "the imports and exports of all worlds");
  }
  run_.world_items_left -= count;
  return true;
}

bool PackageResolver::elaborate(World& world) {
  auto by_rank = [&](const WorldItems::Entry& entry) { return rank(resolve_, entry.second); };
  world.imports.stable_sort(by_rank);
  WorldItems imports;
  imports.reserve(world.imports.size());
  for (auto& [key, item] : world.imports) {
    if (const auto* interface = std::get_if<WorldInterface>(&item)) {
      if (!elaborate_import(imports, key, *interface)) return false;
      continue;
    }
    const auto* type = std::get_if<WorldType>(&item);
    std::optional<TypeId> used = type ? resolve_.used_type(type->id) : std::nullopt;
    if (used) {
      InterfaceId from = resolve_[*used].owner.interface();
      WorldInterface needed{.id = from, .stability = resolve_[type->id].stability};
      if (!elaborate_import(imports, WorldKey::of(from), needed)) return false;
    }
    imports.insert(key, std::move(item));
  }

  WorldItems exports;
  exports.reserve(world.exports.size());
  for (auto& [key, item] : world.exports) {
    if (std::holds_alternative<Function>(item)) exports.insert(key, item);
  }
  if (!elaborate_exports(world, imports, exports)) return false;
  imports.stable_sort(by_rank);
  world.imports = std::move(imports);
  world.exports = std::move(exports);
  return true;
}

// Adds an interface after those that it needs.
bool PackageResolver::elaborate_import(WorldItems& imports, const WorldKey& key,
                                       const WorldInterface& item) {
  struct Step {
    WorldKey key;
    WorldInterface item;
    size_t next = 0;
  };
  if (imports.contains(key)) return true;
  std::vector<Step> steps;
  steps.push_back({key, item});
  while (!steps.empty()) {
    Step& step = steps.back();
    const std::vector<InterfaceId>& needs = resolve_[step.item.id].dependencies;
    if (step.next < needs.size()) {
      InterfaceId needed = needs[step.next++];
      WorldKey needed_key = WorldKey::of(needed);
      if (!imports.contains(needed_key)) {
        steps.push_back({needed_key, {.id = needed, .stability = step.item.stability}});
      }
      continue;
    }
    if (!charge_world_items(1, item.span)) return false;
    imports.insert(step.key, std::move(step.item));
    steps.pop_back();
  }
  return true;
}

// Adds the exported interfaces after those that they need. An interface that an export needs is
// the exported one if the world exports it, else it becomes an import. It cannot be both: then
// the export would see two copies of the same types.
bool PackageResolver::elaborate_exports(World& world, WorldItems& imports, WorldItems& exports) {
  struct Step {
    WorldKey key;
    WorldInterface item;
    bool exported;
    size_t next = 0;
  };
  std::unordered_set<uint32_t> required_imports;
  for (auto& [root_key, root_item] : world.exports) {
    const auto* root = std::get_if<WorldInterface>(&root_item);
    if (!root || exports.contains(root_key)) continue;
    auto conflict = [&] {
      return fail(ErrorKind::export_needs_both, root->span.known() ? root->span : world.span,
                  resolve_.name_of(root_key));
    };
    std::vector<Step> steps;
    steps.push_back({root_key, *root, true});
    while (!steps.empty()) {
      Step& step = steps.back();
      const std::vector<InterfaceId>& needs = resolve_[step.item.id].dependencies;
      if (step.next < needs.size()) {
        InterfaceId needed = needs[step.next++];
        WorldKey key = WorldKey::of(needed);
        const WorldItem* own = step.exported ? world.exports.find(key) : nullptr;
        if (exports.contains(key)) {
          if (!own) return conflict();
          continue;
        }
        if (!own && required_imports.contains(needed.index)) continue;
        WorldInterface item{.id = needed, .stability = step.item.stability};
        if (own) item = std::get<WorldInterface>(*own);
        steps.push_back({key, std::move(item), own != nullptr});
        continue;
      }
      if (!charge_world_items(1, world.span)) return false;
      if (step.exported) {
        if (required_imports.contains(step.item.id.index)) return conflict();
        exports.insert(step.key, std::move(step.item));
      } else {
        required_imports.insert(step.item.id.index);
        imports.insert(step.key, std::move(step.item));
      }
      steps.pop_back();
    }
  }
  return true;
}

}  // namespace weir::wit
