// Reads instances, core instances and aliases.
#include "component/decoder.h"
#include "component/mentions.h"
#include "component/names.h"
#include "component/subtype.h"

namespace weir::component {
namespace {

using wasm::ExternKind;

constexpr uint8_t kCoreType = 0x10;
constexpr uint8_t kCoreModule = 0x11;
constexpr uint8_t kCoreInstance = 0x12;

}  // namespace

void Decoder::core_instance(Reader& r, Scope& s) {
  limit(r, s.core_instances.size() + s.instances.size(), limits::kInstances, "instances");
  uint64_t at = r.offset();
  uint8_t form = r.byte();
  if (form == 0x00) {
    CoreInstantiation definition;
    definition.module = r.u32();
    if (!in_range(r, definition.module, s.modules.size(), "module", at)) return;
    std::unordered_map<std::string, uint32_t> args;
    uint32_t count = r.count(limits::kArgs, "core instantiation arguments");
    for (uint32_t i = 0; i < count && r.ok(); ++i) {
      std::string name(r.name());
      r.expect(kCoreInstance, "the sort of a core instantiation argument");
      uint64_t index_at = r.offset();
      uint32_t index = r.u32();
      if (!in_range(r, index, s.core_instances.size(), "core instance", index_at)) return;
      if (!args.try_emplace(name, index).second) {
        r.fail_at(at, "duplicate module instantiation argument named `" + name + "`");
      }
      definition.args.emplace_back(std::move(name), index);
    }
    if (!r.ok()) return;
    ModuleTypeId module = s.modules[definition.module];
    for (const wasm::Import& import : u_[module].imports) {
      auto arg = args.find(import.module);
      if (arg == args.end()) {
        r.fail_at(at, "missing module instantiation argument named `" + import.module + "`");
        return;
      }
      const auto& exports = *s.core_instances[arg->second];
      auto found = exports.find(import.name);
      if (found == exports.end()) {
        r.fail_at(at, "module instantiation argument `" + import.module +
                          "` does not export an item named `" + import.name + "`");
        return;
      }
      if (found->second.kind != import.type.kind) {
        r.fail_at(at, "module instantiation argument `" + import.module +
                          "` exports an item named `" + import.name + "` but it is not a " +
                          wasm::name_of(import.type.kind));
        return;
      }
      if (!wasm::matches(u_.core, found->second, import.type)) {
        r.fail_at(at, "type mismatch for export `" + import.name +
                          "` of module instantiation argument `" + import.module + "`: expected " +
                          wasm::to_string(u_.core, import.type) + ", found " +
                          wasm::to_string(u_.core, found->second));
        return;
      }
    }
    s.core_instances.push_back(
        std::make_shared<const std::unordered_map<std::string, wasm::ExternType>>(
            u_[module].exports));
    s.definitions.push_back(std::move(definition));
    return;
  }
  if (form != 0x01) {
    r.fail_at(at, "invalid leading byte " + std::to_string(form) + " for a core instance");
    return;
  }
  CoreBag bag;
  auto exports = std::make_shared<std::unordered_map<std::string, wasm::ExternType>>();
  uint32_t count = r.count(limits::kExports, "exports of a core instance");
  for (uint32_t i = 0; i < count && r.ok(); ++i) {
    std::string name(r.name());
    uint64_t sort_at = r.offset();
    uint8_t sort = r.byte();
    uint32_t index = r.u32();
    if (!r.ok()) return;
    wasm::ExternType type;
    switch (sort) {
      case 0:
        if (!in_range(r, index, s.core_funcs.size(), "core function", sort_at)) return;
        type.kind = ExternKind::func;
        type.type = s.core_funcs[index];
        break;
      case 1:
        if (!in_range(r, index, s.tables.size(), "table", sort_at)) return;
        type = s.tables[index];
        break;
      case 2:
        if (!in_range(r, index, s.memories.size(), "memory", sort_at)) return;
        type = s.memories[index];
        break;
      case 3:
        if (!in_range(r, index, s.globals.size(), "global", sort_at)) return;
        type = s.globals[index];
        break;
      case 4:
        if (!in_range(r, index, s.tags.size(), "tag", sort_at)) return;
        type.kind = ExternKind::tag;
        type.type = s.tags[index];
        break;
      default:
        r.fail_at(sort_at, "invalid sort " + std::to_string(sort) + " of a core export");
        return;
    }
    if (!exports->try_emplace(name, type).second) {
      r.fail_at(at, "duplicate instantiation export name `" + name + "` already defined");
      return;
    }
    bag.exports.push_back({std::move(name), static_cast<ExternKind>(sort), index});
  }
  if (!r.ok()) return;
  s.core_instances.push_back(std::move(exports));
  s.definitions.push_back(std::move(bag));
}

SortIndex Decoder::sort_index(Reader& r, Scope& s) {
  uint64_t at = r.offset();
  uint8_t code = r.byte();
  SortIndex what{Sort::func, 0, {}};
  switch (code) {
    case 0x00:
      r.expect(kCoreModule, "the core sort of an argument or export");
      what.sort = Sort::module;
      break;
    case 0x01:
      what.sort = Sort::func;
      break;
    case 0x02:
      r.fail_at(at, "values are not supported (support for component model `value`s)");
      break;
    case 0x03:
      what.sort = Sort::type;
      break;
    case 0x04:
      what.sort = Sort::component;
      break;
    case 0x05:
      what.sort = Sort::instance;
      break;
    default:
      r.fail_at(at, "invalid sort " + std::to_string(code));
      break;
  }
  what.index = r.u32();
  if (!r.ok()) return what;
  switch (what.sort) {
    case Sort::module:
      in_range(r, what.index, s.modules.size(), "module", at);
      break;
    case Sort::func:
      in_range(r, what.index, s.funcs.size(), "function", at);
      break;
    case Sort::type:
      if (in_range(r, what.index, s.types.size(), "type", at)) what.type = s.types[what.index];
      break;
    case Sort::component:
      in_range(r, what.index, s.components.size(), "component", at);
      break;
    case Sort::instance:
      in_range(r, what.index, s.instances.size(), "instance", at);
      break;
    case Sort::value:
      break;
  }
  return what;
}

std::optional<ExternType> Decoder::extern_type_of(Reader& r, const Scope& s,
                                                  const SortIndex& what) {
  if (!r.ok()) return std::nullopt;
  switch (what.sort) {
    case Sort::module:
      return s.modules[what.index];
    case Sort::func:
      return s.funcs[what.index];
    case Sort::type:
      return ExternType::of_type(what.type);
    case Sort::component:
      return s.components[what.index];
    case Sort::instance:
      return s.instances[what.index];
    case Sort::value:
      break;
  }
  return std::nullopt;
}

void Decoder::instance(Reader& r, Scope& s) {
  limit(r, s.core_instances.size() + s.instances.size(), limits::kInstances, "instances");
  uint64_t at = r.offset();
  uint8_t form = r.byte();
  if (form == 0x00) {
    instantiate(r, s, at);
    return;
  }
  if (form != 0x01) {
    r.fail_at(at, "invalid leading byte " + std::to_string(form) + " for an instance");
    return;
  }
  Bag bag;
  InstanceType type;
  // A scope of its own for the rules about names.
  Scope names(Scope::Kind::instance_type, &s);
  names.bag = true;
  uint32_t count = r.count(limits::kExports, "exports of an instance");
  for (uint32_t i = 0; i < count && r.ok(); ++i) {
    uint64_t name_at = r.offset();
    NameAttributes name = name_attributes(r);
    SortIndex what = sort_index(r, s);
    std::optional<ExternType> found = extern_type_of(r, s, what);
    if (!found) return;
    if (!check_name(r, names, name, false, *found, name_at)) return;
    type.resources = type.resources || u_.mentions_resource(*found);
    type.exports.add(name.name, *found);
    bag.exports.push_back({std::move(name.name), what});
  }
  if (!r.ok()) return;
  s.instances.push_back(u_.add(std::move(type)));
  s.definitions.push_back(std::move(bag));
}

void Decoder::instantiate(Reader& r, Scope& s, uint64_t at) {
  Instantiation definition;
  definition.component = r.u32();
  if (!in_range(r, definition.component, s.components.size(), "component", at)) return;
  std::unordered_map<std::string, ExternType> args;
  uint32_t count = r.count(limits::kArgs, "instantiation arguments");
  for (uint32_t i = 0; i < count && r.ok(); ++i) {
    std::string name(r.name());
    SortIndex what = sort_index(r, s);
    std::optional<ExternType> found = extern_type_of(r, s, what);
    if (!found) return;
    if (!args.try_emplace(name, *found).second) {
      r.fail_at(at, "instantiation argument `" + name + "` conflicts with previous argument `" +
                        name + "`");
      return;
    }
    definition.args.push_back({std::move(name), what});
  }
  if (!r.ok()) return;

  ComponentTypeId component = s.components[definition.component];
  Substitution substitution(u_);
  Matcher matcher(u_, substitution);
  matcher.introduce(u_[component].imported);
  size_t imports = u_[component].imports.size();
  for (size_t i = 0; i < imports; ++i) {
    ExternList::Item import = u_[component].imports[i];
    auto arg = args.find(import.name);
    if (arg == args.end()) {
      r.fail_at(at, "missing import named `" + import.name + "`");
      return;
    }
    if (!matcher.match(arg->second, import.type)) {
      r.fail_at(at, "type mismatch for import `" + import.name + "`: " + matcher.why());
      return;
    }
  }
  for (ResourceId old : std::vector<ResourceId>(u_[component].defined)) {
    ResourceId fresh = t_.add_resource();
    substitution.set(old, fresh);
    s.defined.push_back(fresh);
    ++u_.work;
  }
  InstanceType type;
  size_t exports = u_[component].exports.size();
  for (size_t i = 0; i < exports && !u_.exhausted(); ++i) {
    ExternList::Item item = u_[component].exports[i];
    ExternType copy = substitution.apply(item.type);
    type.resources = type.resources || u_.mentions_resource(copy);
    type.exports.add(std::move(item.name), copy);
  }
  u_.work += exports;
  if (!check_budget(r)) return;
  definition.type = u_.add(std::move(type));
  s.instances.push_back(definition.type);
  s.definitions.push_back(std::move(definition));
}

const wasm::ExternType* Decoder::core_export(Reader& r, const Scope& s, uint32_t instance,
                                             const std::string& name, ExternKind kind,
                                             uint64_t at) {
  if (!in_range(r, instance, s.core_instances.size(), "core instance", at)) return nullptr;
  auto found = s.core_instances[instance]->find(name);
  if (found == s.core_instances[instance]->end()) {
    r.fail_at(at,
              "core instance " + std::to_string(instance) + " has no export named `" + name + "`");
    return nullptr;
  }
  if (found->second.kind != kind) {
    r.fail_at(at, "export `" + name + "` for core instance " + std::to_string(instance) +
                      " is not a " + wasm::name_of(kind));
    return nullptr;
  }
  return &found->second;
}

void Decoder::alias(Reader& r, Scope& s) {
  uint64_t at = r.offset();
  uint8_t sort = r.byte();
  uint8_t core_sort = sort == 0 ? r.byte() : 0;
  uint8_t target = r.byte();
  if (!r.ok()) return;
  if (target == 0x02) {
    outer_alias(r, s, at, sort, core_sort);
    return;
  }
  if (target == 0x01) {
    if (sort != 0 || core_sort > 4) {
      r.fail_at(at, "invalid sort of an alias of a core export");
      return;
    }
    if (s.kind != Scope::Kind::component) {
      r.fail_at(at, "aliases of core exports are not allowed in a type");
      return;
    }
    CoreExportAlias definition{static_cast<ExternKind>(core_sort), r.u32(), {}};
    definition.name = std::string(r.name());
    if (!r.ok()) return;
    const wasm::ExternType* found =
        core_export(r, s, definition.instance, definition.name, definition.kind, at);
    if (!found) return;
    switch (definition.kind) {
      case ExternKind::func:
        s.core_funcs.push_back(found->type);
        break;
      case ExternKind::table:
        s.tables.push_back(*found);
        break;
      case ExternKind::memory:
        s.memories.push_back(*found);
        break;
      case ExternKind::global:
        s.globals.push_back(*found);
        break;
      case ExternKind::tag:
        s.tags.push_back(found->type);
        break;
    }
    s.definitions.push_back(std::move(definition));
    return;
  }
  if (target != 0x00) {
    r.fail_at(at, "invalid kind " + std::to_string(target) + " of an alias");
    return;
  }
  ExportAlias definition{Sort::func, r.u32(), {}};
  definition.name = std::string(r.name());
  if (!in_range(r, definition.instance, s.instances.size(), "instance", at)) return;
  ExternType::Kind kind = ExternType::Kind::func;
  switch (sort) {
    case 0x00:
      if (core_sort != kCoreModule) {
        r.fail_at(at, "invalid sort of an alias of an export");
        return;
      }
      kind = ExternType::Kind::module;
      definition.sort = Sort::module;
      break;
    case 0x01:
      break;
    case 0x03:
      kind = ExternType::Kind::type;
      definition.sort = Sort::type;
      break;
    case 0x04:
      kind = ExternType::Kind::component;
      definition.sort = Sort::component;
      break;
    case 0x05:
      kind = ExternType::Kind::instance;
      definition.sort = Sort::instance;
      break;
    default:
      r.fail_at(at, "invalid sort " + std::to_string(sort) + " of an alias");
      return;
  }
  if (s.kind != Scope::Kind::component && kind != ExternType::Kind::type &&
      kind != ExternType::Kind::instance) {
    r.fail_at(at, "only types and instances can be aliased in a type");
    return;
  }
  const ExternType* found = u_[s.instances[definition.instance]].exports.find(definition.name);
  if (!found) {
    r.fail_at(at, "instance " + std::to_string(definition.instance) + " has no export named `" +
                      definition.name + "`");
    return;
  }
  if (found->kind != kind) {
    r.fail_at(at, "export `" + definition.name + "` for instance " +
                      std::to_string(definition.instance) + " is not a " + name_of(kind));
    return;
  }
  define(s, *found);
  s.definitions.push_back(std::move(definition));
}

bool Decoder::has_free_resources(AnyType type) const {
  if (type.kind != AnyType::Kind::component && !u_.mentions_resource(type)) return false;
  Mentions mentions(u_);
  mentions.walk(type);
  return mentions.any_free();
}

void Decoder::outer_alias(Reader& r, Scope& s, uint64_t at, uint8_t sort, uint8_t core_sort) {
  uint32_t count = r.u32();
  uint32_t index = r.u32();
  if (!r.ok()) return;
  Scope* target = &s;
  bool crosses_component = false;
  uint32_t components = 0;
  for (uint32_t i = 0; i < count && target; ++i) {
    if (target->kind == Scope::Kind::component) {
      crosses_component = true;
      ++components;
    }
    target = target->outer;
  }
  if (!target) {
    r.fail_at(at, "invalid outer alias count of " + std::to_string(count));
    return;
  }
  bool in_type = s.kind != Scope::Kind::component;
  if (sort == 0x03) {
    if (!in_range(r, index, target->types.size(), "type", at)) return;
    AnyType found = target->types[index];
    if (crosses_component && has_free_resources(found)) {
      r.fail_at(at,
                "cannot alias outer type which transitively refers to resources not defined "
                "in the current component");
      return;
    }
    s.types.push_back(found);
    return;
  }
  if (sort == 0x00 && core_sort == kCoreType) {
    if (!in_range(r, index, target->core_types.size(), "type", at)) return;
    CoreAny found = target->core_types[index];
    s.core_types.push_back(found);
    return;
  }
  if (in_type || target->kind != Scope::Kind::component) {
    r.fail_at(at, "only types can be aliased from an outer scope in a type");
    return;
  }
  if (sort == 0x00 && core_sort == kCoreModule) {
    limit(r, s.modules.size(), limits::kModules, "modules");
    if (!in_range(r, index, target->modules.size(), "module", at)) return;
    ModuleTypeId found = target->modules[index];
    s.modules.push_back(found);
    s.definitions.push_back(OuterAlias{Sort::module, components, index});
    return;
  }
  if (sort == 0x04) {
    limit(r, s.components.size(), limits::kComponents, "components");
    if (!in_range(r, index, target->components.size(), "component", at)) return;
    ComponentTypeId found = target->components[index];
    if (count > 0 && has_free_resources(found)) {
      r.fail_at(at,
                "cannot alias outer component which transitively refers to resources not "
                "defined in the current component");
      return;
    }
    s.components.push_back(found);
    s.definitions.push_back(OuterAlias{Sort::component, components, index});
    return;
  }
  r.fail_at(at, "invalid sort of an outer alias");
}

}  // namespace weir::component
