#include "tools/component/encoder.h"

namespace weir::tools {

std::string ExportComponent::unique(std::string name) {
  std::string made = name;
  for (uint32_t i = 1; !names_.insert(made).second; ++i) made = name + "-x" + std::to_string(i);
  return made;
}

// A type as the component takes it in: a resource or a named type is an import.
uint32_t ExportComponent::imported(Place at) {
  at = encoder_.follow(at);
  if (auto found = imported_.find(at); found != imported_.end()) return found->second;
  const TypeEntry& entry = at.entry();
  uint32_t index = 0;
  if (entry.kind == TypeEntry::Kind::resource) {
    std::string name = unique("import-type-" + entry.name);
    index = inner_.import_type(name, {});
    arguments_.push_back({name, ComponentSort::type, encoder_.type_at(at)});
  } else if (entry.kind == TypeEntry::Kind::named) {
    Place target = encoder_.follow({at.world, at.scope, entry.index});
    index = imported(target);
    // A name for another named type or resource is nothing new.
    if (target.entry().kind == TypeEntry::Kind::definition) {
      std::string name = unique("import-type-" + entry.name);
      index = inner_.import_type(name, index);
      arguments_.push_back({name, ComponentSort::type, encoder_.type_at(at)});
    }
  } else {
    std::unordered_map<uint32_t, uint32_t> parts;
    for (const auto& hole : entry.definition.holes) {
      parts[hole.index] = imported({at.world, at.scope, hole.index});
    }
    wasm::Writer definition;
    entry.definition.write(definition, [&](uint32_t part) { return parts[part]; });
    index = inner_.type(definition);
  }
  imported_.emplace(at, index);
  return index;
}

// A type as the component gives it out, where the interface's own types have their names.
uint32_t ExportComponent::exported(Place at) {
  if (auto found = exported_.find(at); found != exported_.end()) return found->second;
  const TypeEntry& entry = at.entry();
  uint32_t index = 0;
  if (at.scope != &scope_ || entry.kind == TypeEntry::Kind::outer) {
    index = imported(at);
  } else if (entry.kind == TypeEntry::Kind::resource) {
    index = inner_.export_item(entry.name, {}, ComponentSort::type, imported(at));
  } else if (entry.kind == TypeEntry::Kind::named) {
    uint32_t target = exported({at.world, at.scope, entry.index});
    index = inner_.export_item(entry.name, {}, ComponentSort::type, target);
  } else {
    std::unordered_map<uint32_t, uint32_t> parts;
    for (const auto& hole : entry.definition.holes) {
      parts[hole.index] = exported({at.world, at.scope, hole.index});
    }
    wasm::Writer definition;
    entry.definition.write(definition, [&](uint32_t part) { return parts[part]; });
    index = inner_.type(definition);
  }
  exported_.emplace(at, index);
  return index;
}

uint32_t ExportComponent::write(const std::vector<uint32_t>& functions) {
  auto* world = item_.world;
  size_t i = 0;
  std::vector<std::pair<const ScopeItem*, uint32_t>> taken;
  for (const ScopeItem& item : scope_.items) {
    if (item.sort != ScopeItem::Sort::func) continue;
    uint32_t type = imported({world, &scope_, item.type});
    std::string name = "import-func-f" + std::to_string(i);
    taken.emplace_back(&item, inner_.import_func(name, {}, type));
    arguments_.push_back({name, ComponentSort::func, functions[i++]});
  }
  for (const ScopeItem& item : scope_.items) {
    if (item.sort == ScopeItem::Sort::type) exported({world, &scope_, item.type});
  }
  for (const auto& [item, function] : taken) {
    uint32_t type = exported({world, &scope_, item->type});
    inner_.export_item(item->name, item->attributes, ComponentSort::func, function, type);
  }
  uint32_t component = encoder_.out_.component(inner_.finish());
  return encoder_.out_.instance(component, arguments_);
}

}  // namespace weir::tools
