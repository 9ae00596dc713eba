#include "tools/component/encoder.h"
#include "util/assert.h"
#include "wit/version.h"

namespace weir::tools {
namespace {

// `wasi:io/streams` and its version, of `wasi:io/streams@0.2.12`.
std::pair<std::string, std::optional<wit::Version>> split_version(const std::string& name) {
  size_t at = name.find('@');
  if (at == std::string::npos) return {name, std::nullopt};
  return {name.substr(0, at), wit::parse_version(std::string_view(name).substr(at + 1))};
}

}  // namespace

// What a place refers to in the end, through aliases but not through names.
Encoder::Place Encoder::follow(Place at) {
  for (;;) {
    const TypeEntry& entry = at.entry();
    if (entry.kind == TypeEntry::Kind::outer) {
      at = {at.world, at.scope->parent, entry.index};
    } else if (entry.kind == TypeEntry::Kind::exported) {
      const ScopeItem* item = &at.scope->items[at.scope->instances[entry.index]];
      World* world = at.world;
      if (item->import) {
        Import import = representative(*world, *item);
        const Scope& inside = import.world->types->scope->instance_of(*import.item);
        if (inside.find(entry.name, ScopeItem::Sort::type)) {
          item = import.item;
          world = import.world;
        }
      }
      const Scope& inside = world->types->scope->instance_of(*item);
      at = {world, &inside, inside.find(entry.name, ScopeItem::Sort::type)->type};
    } else {
      return at;
    }
  }
}

Encoder::Import Encoder::representative(World& world, const ScopeItem& item) {
  Import best{&world, &item};
  bool first = false;
  auto [path, version] = split_version(item.name);
  std::string track = version ? wit::compatible_track(*version) : "";
  for (const auto& other : worlds_) {
    for (const ScopeItem& candidate : other->types->scope->items) {
      if (!candidate.import || candidate.sort != ScopeItem::Sort::instance) continue;
      if (candidate.name == best.item->name) {
        // The first of those that are the same.
        if (!first) best = {other.get(), &candidate};
        first = true;
        continue;
      }
      if (track.empty()) continue;
      auto [other_path, other_version] = split_version(candidate.name);
      if (other_path != path || !other_version || wit::compatible_track(*other_version) != track) {
        continue;
      }
      auto best_version = split_version(best.item->name).second;
      if (compare(*other_version, *best_version) > 0) {
        best = {other.get(), &candidate};
        first = true;
      }
    }
  }
  return best;
}

// Notes what a type needs of imported interfaces.
void Encoder::mark(Place at) {
  at = follow(at);
  if (!marked_.insert(at).second) return;
  const TypeEntry& entry = at.entry();
  bool name = entry.kind == TypeEntry::Kind::named || entry.kind == TypeEntry::Kind::resource;
  if (name && imports_.contains(at.scope)) needs_[at.scope].types.insert(entry.name);
  if (entry.kind == TypeEntry::Kind::named) mark({at.world, at.scope, entry.index});
  for (const auto& hole : entry.definition.holes) mark({at.world, at.scope, hole.index});
}

void Encoder::mark_import(Import import, const std::string& function) {
  const Scope& world = *import.world->types->scope;
  if (import.item->sort == ScopeItem::Sort::func) {
    needed_functions_.insert(import.item);
    mark({import.world, &world, import.item->type});
    return;
  }
  const Scope& inside = world.instance_of(*import.item);
  needs_[&inside].functions.insert(function);
  mark({import.world, &inside, inside.find(function, ScopeItem::Sort::func)->type});
}

// The index of a type at the top of the component, written if it is not there yet.
uint32_t Encoder::type_at(Place at) {
  at = follow(at);
  if (auto found = structural_.find(at); found != structural_.end()) return found->second;
  const TypeEntry& entry = at.entry();
  uint32_t index = 0;
  bool name = entry.kind == TypeEntry::Kind::named || entry.kind == TypeEntry::Kind::resource;
  if (const Import* import = import_of(at.scope); import && name) {
    index = alias_type(imported_instance(*import), entry.name);
  } else if (auto instance = exported_instances_.find(at.scope);
             name && instance != exported_instances_.end()) {
    index = alias_type(instance->second, entry.name);
  } else if (entry.kind == TypeEntry::Kind::resource) {
    auto own = resources_.find(at);
    index = own != resources_.end() ? own->second : out_.import_type(entry.name, {});
  } else if (entry.kind == TypeEntry::Kind::named) {
    index = type_at({at.world, at.scope, entry.index});
    // A type of the world itself is one of its imports.
    if (!at.scope->parent) index = out_.import_type(entry.name, index);
  } else {
    std::unordered_map<uint32_t, uint32_t> parts;
    for (const auto& hole : entry.definition.holes) {
      parts[hole.index] = type_at({at.world, at.scope, hole.index});
    }
    wasm::Writer definition;
    entry.definition.write(definition, [&](uint32_t part) { return parts[part]; });
    index = out_.type(definition);
  }
  structural_.emplace(at, index);
  return index;
}

const Encoder::Import* Encoder::import_of(const Scope* scope) const {
  auto found = imports_.find(scope);
  return found == imports_.end() ? nullptr : &found->second;
}

uint32_t Encoder::alias_type(uint32_t instance, const std::string& name) {
  auto [at, fresh] = aliases_.try_emplace({instance, name}, 0);
  if (fresh) at->second = out_.alias_type(instance, name);
  return at->second;
}

uint32_t Encoder::imported_instance(Import import) {
  auto [at, fresh] = instances_.try_emplace(import.item, 0);
  if (fresh) {
    wasm::Writer type = instance_type(import);
    uint32_t index = out_.type(type);
    instances_[import.item] =
        out_.import_instance(import.item->name, import.item->attributes, index);
  }
  return instances_[import.item];
}

uint32_t Encoder::imported_function(Import import, const std::string& function) {
  auto found = functions_.find({import.item, function});
  if (found != functions_.end()) return found->second;
  uint32_t index = 0;
  if (import.item->sort == ScopeItem::Sort::func) {
    uint32_t type = type_at({import.world, import.world->types->scope.get(), import.item->type});
    index = out_.import_func(import.item->name, import.item->attributes, type);
  } else {
    index = out_.alias_func(imported_instance(import), function);
  }
  functions_.emplace(std::pair(import.item, function), index);
  return index;
}

// The type of an imported interface, with what is needed of it.
wasm::Writer Encoder::instance_type(Import import) {
  const Scope& scope = import.world->types->scope->instance_of(*import.item);
  const Needs& needs = needs_[&scope];
  wasm::Writer out;
  uint32_t count = 0;
  uint32_t types = 0;
  std::unordered_map<uint32_t, uint32_t> written;
  auto item = [&](const std::string& name, const std::vector<uint8_t>& attributes) {
    ++count;
    out.byte(0x04);
    out.byte(attributes.empty() ? 0x00 : 0x02);
    out.name(name);
    out.bytes(attributes);
  };
  auto inner = [&](auto& self, uint32_t index) -> uint32_t {
    if (auto found = written.find(index); found != written.end()) return found->second;
    const TypeEntry& entry = scope.types[index];
    switch (entry.kind) {
      case TypeEntry::Kind::named: {
        uint32_t target = self(self, entry.index);
        const ScopeItem* named = scope.find(entry.name, ScopeItem::Sort::type);
        item(entry.name, named ? named->attributes : std::vector<uint8_t>());
        out.byte(0x03);
        out.byte(0x00);
        out.u32(target);
        break;
      }
      case TypeEntry::Kind::resource: {
        const ScopeItem* named = scope.find(entry.name, ScopeItem::Sort::type);
        item(entry.name, named ? named->attributes : std::vector<uint8_t>());
        out.byte(0x03);
        out.byte(0x01);
        break;
      }
      case TypeEntry::Kind::outer: {
        uint32_t target = type_at({import.world, &scope, index});
        ++count;
        out.byte(0x02);
        out.byte(0x03);
        out.byte(0x02);
        out.u32(1);
        out.u32(target);
        break;
      }
      default: {
        for (const auto& hole : entry.definition.holes) self(self, hole.index);
        ++count;
        out.byte(0x01);
        entry.definition.write(out, [&](uint32_t part) { return written.at(part); });
        break;
      }
    }
    written.emplace(index, types);
    return types++;
  };
  for (const ScopeItem& each : scope.items) {
    if (each.sort == ScopeItem::Sort::type && needs.types.contains(each.name)) {
      inner(inner, each.type);
    } else if (each.sort == ScopeItem::Sort::func && needs.functions.contains(each.name)) {
      uint32_t type = inner(inner, each.type);
      item(each.name, each.attributes);
      out.byte(0x01);
      out.u32(type);
    }
  }
  wasm::Writer whole;
  whole.byte(0x42);
  whole.u32(count);
  whole.bytes(out.data());
  return whole;
}

}  // namespace weir::tools
