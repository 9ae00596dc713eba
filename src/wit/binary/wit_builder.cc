#include "wit/binary/wit_builder.h"

#include <algorithm>
#include <unordered_set>

#include "wit/binary/interface_order.h"
#include "wit/text/characters.h"

namespace weir::wit::binary {
namespace {

const char* kind_of(const Shape& shape) {
  if (std::holds_alternative<Record>(shape)) return "record";
  if (std::holds_alternative<Variant>(shape)) return "variant";
  if (std::holds_alternative<Enum>(shape)) return "enum";
  if (std::holds_alternative<Flags>(shape)) return "flags";
  return nullptr;
}

// Equal for anonymous shapes that are the same.
std::vector<uint64_t> key_of(const Shape& shape) {
  std::vector<uint64_t> key{shape.index()};
  if (const auto* list = std::get_if<FixedList>(&shape)) key.push_back(list->length);
  if (const auto* result = std::get_if<ResultType>(&shape)) key.push_back(result->ok.has_value());
  for_each_reference(shape, [&](Type type) { key.push_back(type.bits()); });
  return key;
}

// The interfaces that types come from, in the order of their first mention.
class Mentions {
 public:
  explicit Mentions(const Resolve& resolve) : resolve_(resolve) {}

  std::vector<InterfaceId> of_interface(InterfaceId id) {
    const Interface& interface = resolve_[id];
    for (const auto& [name, type] : interface.types) definition(type);
    for (const auto& [name, each] : interface.functions) function(each);
    std::erase(found_, id);
    return std::move(found_);
  }
  std::vector<InterfaceId> of_item(const WorldItem& item) {
    if (const auto* interface = std::get_if<WorldInterface>(&item)) {
      return resolve_[interface->id].dependencies;
    }
    if (const auto* type = std::get_if<WorldType>(&item)) definition(type->id);
    if (const auto* each = std::get_if<Function>(&item)) function(*each);
    return std::move(found_);
  }

 private:
  void function(const Function& function) {
    for (const Param& param : function.params) type(param.type);
    if (function.result) type(*function.result);
  }
  void definition(TypeId id) {
    for_each_reference(resolve_[id].shape, [&](Type each) { type(each); });
  }
  // A named type stands for itself; only anonymous ones are looked into, which nest little.
  void type(Type type) {
    if (type.is_prim()) return;
    const TypeDef& def = resolve_[type.id()];
    if (def.owner.kind == Owner::Kind::none) {
      if (seen_.insert(type.bits()).second) definition(type.id());
    } else if (def.owner.kind == Owner::Kind::interface &&
               std::ranges::find(found_, def.owner.interface()) == found_.end()) {
      found_.push_back(def.owner.interface());
    }
  }

  const Resolve& resolve_;
  std::vector<InterfaceId> found_;
  std::unordered_set<uint32_t> seen_;
};

bool is_full_name(std::string_view name) { return name.find('/') != std::string_view::npos; }

}  // namespace

void WitBuilder::fail(std::string message) {
  if (ok()) error_ = std::move(message);
}

std::optional<WitBuilder::ItemName> WitBuilder::parse(std::string_view name) {
  size_t colon = name.find(':');
  size_t slash = name.find('/');
  size_t at = name.find('@');
  ItemName result;
  if (colon != std::string_view::npos && slash != std::string_view::npos && colon < slash &&
      (at == std::string_view::npos || slash < at)) {
    result.package.space = name.substr(0, colon);
    result.package.name = name.substr(colon + 1, slash - colon - 1);
    result.item = name.substr(slash + 1, at == std::string_view::npos ? at : at - slash - 1);
    bool names = is_kebab_case(result.package.space) && is_kebab_case(result.package.name) &&
                 is_kebab_case(result.item);
    if (at != std::string_view::npos) {
      result.package.version = parse_version(name.substr(at + 1));
      names = names && result.package.version;
    }
    if (names) return result;
  }
  fail("`" + std::string(name) + "` is not the name of an interface or world");
  return std::nullopt;
}

uint32_t WitBuilder::package(const PackageName& name) {
  PackageId next{static_cast<uint32_t>(resolve_.packages.size())};
  auto [at, fresh] = resolve_.package_names.try_emplace(to_string(name), next);
  if (fresh) resolve_.packages.push_back({name, "", {}, {}, {}});
  return at->second.index;
}

InterfaceId WitBuilder::interface(const std::string& name, NodeId instance) {
  const auto* node = graph_.get<InstanceNode>(instance);
  if (!node) fail("`" + name + "` is not an interface");
  auto known = interfaces_.find(name);
  InterfaceId id{static_cast<uint32_t>(resolve_.interfaces.size())};
  if (known != interfaces_.end()) {
    id = known->second;
  } else {
    std::optional<ItemName> parsed = parse(name);
    if (!ok()) return {};
    uint32_t place = package(parsed->package);
    resolve_.interfaces.push_back({.name = parsed->item, .package = {place}});
    if (!resolve_.packages[place].interfaces.insert(parsed->item, id)) {
      fail("`" + name + "` is named in two ways");
    }
    interfaces_.emplace(name, id);
  }
  if (ok()) fill(id, *node);
  return id;
}

void WitBuilder::fill(InterfaceId id, const InstanceNode& instance) {
  auto find_resource = [&](const std::string& name) { return resolve_[id].types.find(name); };
  auto is_new = [&](const Extern& e) {
    auto other = names_[id.index].add(e.name);
    if (other) fail("`" + e.name + "` and `" + std::string(*other) + "` are one name in WIT");
    return !other;
  };
  for (const Extern& e : instance.exports) {
    if (!ok()) return;
    if (e.sort == Sort::type) {
      if (const TypeId* there = resolve_[id].types.find(e.name)) {
        types_.try_emplace(e.node, *there);
      } else if (is_new(e)) {
        TypeId made = named_type(e, Owner::of(id));
        resolve_[id].types.insert(e.name, made);
      }
    } else if (e.sort == Sort::func) {
      if (resolve_[id].functions.contains(e.name) || !is_new(e)) continue;
      Function made = function(e, find_resource);
      resolve_[id].functions.insert(e.name, std::move(made));
    } else {
      fail("WIT cannot say that `" + e.name + "` of an interface is neither type nor function");
    }
  }
}

WorldId WitBuilder::world(const std::string& name, const std::vector<Extern>& imports,
                          const std::vector<Extern>& exports) {
  std::optional<ItemName> parsed = parse(name);
  if (!ok()) return {};
  WorldId id{static_cast<uint32_t>(resolve_.worlds.size())};
  uint32_t place = package(parsed->package);
  resolve_.worlds.push_back({.name = parsed->item, .package = {place}});
  if (!resolve_.packages[place].worlds.insert(parsed->item, id)) {
    fail("there are two worlds `" + name + "`");
  }
  for (const Extern& e : imports) world_item(id, true, e);
  for (const Extern& e : exports) world_item(id, false, e);
  return id;
}

void WitBuilder::world_item(WorldId id, bool import, const Extern& e) {
  if (!ok()) return;
  WorldKey key = WorldKey::of(e.name);
  std::optional<WorldItem> item;
  if (!is_full_name(e.name) && !e.name.starts_with('[') && !is_kebab_case(e.name)) {
    fail("WIT cannot name an import or export `" + e.name + "`");
    return;
  }
  switch (e.sort) {
    case Sort::instance: {
      WorldInterface made{.id = {}, .stability = {}, .docs = "", .external_id = e.external_id};
      if (!e.implements.empty()) {
        made.id = interface(e.implements, e.node);
      } else if (is_full_name(e.name)) {
        made.id = interface(e.name, e.node);
        key = WorldKey::of(made.id);
      } else {
        made.id = {static_cast<uint32_t>(resolve_.interfaces.size())};
        resolve_.interfaces.push_back({.name = "", .package = resolve_[id].package});
        fill(made.id, *graph_.get<InstanceNode>(e.node));
      }
      item = std::move(made);
      break;
    }
    case Sort::func:
      item = function(e, [&](const std::string& resource) -> const TypeId* {
        const WorldItem* found = resolve_[id].imports.find(WorldKey::of(resource));
        const auto* type = found ? std::get_if<WorldType>(found) : nullptr;
        return type ? &type->id : nullptr;
      });
      break;
    case Sort::type:
      if (!import) {
        fail("WIT cannot say that a world exports the type `" + e.name + "`");
      } else {
        item = WorldType{named_type(e, Owner::of(id)), {}};
      }
      break;
    case Sort::component:
    case Sort::other:
      // What imports of modules and components are like is not part of a world.
      if (!import) fail("WIT cannot say what the export `" + e.name + "` is");
      break;
  }
  if (!ok() || !item) return;
  WorldItems& items = import ? resolve_[id].imports : resolve_[id].exports;
  if (!items.insert(std::move(key), std::move(*item))) {
    fail("`" + e.name + "` is there twice");
  }
}

std::optional<TypeId> WitBuilder::known(NodeId node) const {
  for (std::optional<NodeId> at = node; at; at = graph_.named_by(*at)) {
    auto found = types_.find(*at);
    if (found != types_.end()) return found->second;
  }
  return std::nullopt;
}

TypeId WitBuilder::named_type(const Extern& e, Owner owner) {
  if (!is_kebab_case(e.name)) fail("WIT cannot name a type `" + e.name + "`");
  TypeDef def{.shape = Resource{},
              .name = e.name,
              .owner = owner,
              .docs = "",
              .stability = {},
              .external_id = e.external_id,
              .span = {}};
  NodeId end = e.node;
  while (auto next = graph_.named_by(end)) end = *next;
  const Shape* defined = graph_.get<Shape>(end);
  if (!defined && !graph_.get<ResourceNode>(end)) {
    fail("WIT cannot say what the type `" + e.name + "` is");
  }
  if (!ok()) return {};
  if (auto before = known(e.node)) {
    def.shape = Alias{Type(*before)};
  } else if (defined) {
    def.shape = shape(*defined);
  }
  if (!ok()) return {};
  bool resource = std::holds_alternative<Resource>(def.shape);
  TypeId id = resolve_.types.add(std::move(def));
  types_.try_emplace(e.node, id);
  if (resource) types_.try_emplace(end, id);
  return id;
}

Shape WitBuilder::shape(const Shape& of) {
  Shape made = of;
  auto replace = [&](Type node) {
    Type found = type(node);
    // A failure leaves any type: nobody looks.
    return found;
  };
  if (const auto* own = std::get_if<Own>(&of)) {
    auto found = known(own->resource.index);
    if (!found) fail("a handle is to a resource that has no name");
    return Own{found.value_or(TypeId{})};
  }
  if (const auto* borrow = std::get_if<Borrow>(&of)) {
    auto found = known(borrow->resource.index);
    if (!found) fail("a handle is to a resource that has no name");
    return Borrow{found.value_or(TypeId{})};
  }
  map_references(made, replace);
  return made;
}

TypeId WitBuilder::anonymous(Shape shape) {
  if (const char* kind = kind_of(shape)) {
    fail(std::string("a ") + kind + " has no name");
  }
  if (!ok()) return {};
  auto [at, fresh] = anonymous_.try_emplace(key_of(shape));
  if (fresh) at->second = resolve_.types.add({.shape = std::move(shape)});
  return at->second;
}

Type WitBuilder::type(Type node) {
  if (node.is_prim()) return node;
  if (auto found = known(node.id().index)) return *found;
  NodeId end = node.id().index;
  while (auto next = graph_.named_by(end)) end = *next;
  const Shape* defined = graph_.get<Shape>(end);
  if (!defined) fail("a value is of a type that is not one of values");
  if (!ok()) return Prim::boolean;
  if (const Alias* alias = std::get_if<Alias>(defined)) return alias->target;
  Shape made = shape(*defined);
  TypeId id = anonymous(std::move(made));
  if (!ok()) return Prim::boolean;
  types_.emplace(node.id().index, id);
  return id;
}

std::optional<Type> WitBuilder::type(std::optional<Type> node) {
  if (!node) return std::nullopt;
  return type(*node);
}

Function WitBuilder::function(const Extern& e, const auto& find_resource) {
  Function made;
  made.name = e.name;
  made.external_id = e.external_id;
  std::string_view rest = e.name;
  made.accessor = take_accessor(rest);
  if (made.accessor == Accessor::none && rest.starts_with('[')) {
    size_t close = rest.find(']');
    std::string_view annotation = rest.substr(0, close + 1);
    rest.remove_prefix(close == std::string_view::npos ? rest.size() : close + 1);
    if (annotation != "[constructor]") made.accessor = take_accessor(rest);
    std::string_view resource = rest.substr(0, rest.find('.'));
    bool constructor = annotation == "[constructor]";
    made.kind = constructor                ? Function::Kind::constructor
                : annotation == "[method]" ? Function::Kind::method
                : annotation == "[static]" ? Function::Kind::static_
                                           : Function::Kind::freestanding;
    bool dotted = resource.size() != rest.size();
    std::string_view item = dotted ? rest.substr(resource.size() + 1) : resource;
    const TypeId* id = find_resource(std::string(resource));
    if (made.kind == Function::Kind::freestanding || dotted == constructor ||
        !is_kebab_case(item) || !id || !std::holds_alternative<Resource>(resolve_[*id].shape)) {
      fail("`" + e.name + "` is not a function of a resource beside it");
      return made;
    }
    made.resource = *id;
  } else if (!is_kebab_case(rest)) {
    fail("WIT cannot name a function `" + e.name + "`");
  }
  const auto& func = *graph_.get<FuncNode>(e.node);
  made.async = func.async;
  for (const Param& param : func.params) {
    if (ok()) made.params.push_back({param.name, type(param.type), {}});
  }
  if (ok()) made.result = type(func.result);
  if (ok() && !is_well_formed(made)) fail("`" + e.name + "` is not as getters and setters are");
  return made;
}

// Whether a getter or setter has the parameters and result of one.
bool WitBuilder::is_well_formed(const Function& function) const {
  size_t own = function.kind == Function::Kind::method ? 1 : 0;
  if (function.accessor == Accessor::none) return true;
  if (function.async) return false;
  if (function.accessor == Accessor::getter)
    return function.params.size() == own && function.result;
  if (function.params.size() != own + 1) return false;
  if (!function.result) return true;
  const ResultType* result = resolve_.types.get<ResultType>(*function.result);
  return result && !result->ok;
}

// What an import or export needs must come before it.
void WitBuilder::check_world(const World& world) {
  std::unordered_set<uint32_t> there;
  for (const WorldItems* items : {&world.imports, &world.exports}) {
    for (const auto& [key, item] : *items) {
      for (InterfaceId id : Mentions(resolve_).of_item(item)) {
        if (there.contains(id.index)) continue;
        fail("`" + resolve_.name_of(key) + "` of the world `" + world.name +
             "` needs types of an interface that the world does not import");
      }
      const auto* interface = std::get_if<WorldInterface>(&item);
      if (interface) there.insert(interface->id.index);
    }
  }
}

Result<Resolve> WitBuilder::finish() {
  if (!ok()) return Err(Error{error_});
  std::vector<std::vector<uint32_t>> needs(resolve_.packages.size());
  auto need = [&](PackageId from, InterfaceId on) {
    PackageId to = resolve_[on].package;
    if (from != to) needs[from.index].push_back(to.index);
  };
  for (uint32_t i = 0; i < resolve_.interfaces.size(); ++i) {
    resolve_.interfaces[i].dependencies = Mentions(resolve_).of_interface(InterfaceId{i});
  }
  if (!order_interfaces(resolve_)) return Err("interfaces use types of each other");
  for (const Interface& interface : resolve_.interfaces) {
    for (InterfaceId on : interface.dependencies) need(interface.package, on);
  }
  for (uint32_t i = 0; i < resolve_.worlds.size(); ++i) {
    const World& world = resolve_.worlds[i];
    for (const WorldItems* items : {&world.imports, &world.exports}) {
      for (const auto& [key, item] : *items) {
        if (const auto* interface = std::get_if<WorldInterface>(&item)) {
          need(world.package, interface->id);
        }
      }
    }
    check_world(world);
  }
  if (!ok()) return Err(Error{error_});
  // Depth first, with a stack of its own; a cycle, which text cannot have, is cut anywhere.
  std::vector<uint32_t> place(resolve_.packages.size(), UINT32_MAX);
  std::vector<uint32_t> order;
  std::vector<uint8_t> seen(resolve_.packages.size(), 0);
  for (uint32_t root = 0; root < needs.size(); ++root) {
    std::vector<uint32_t> open{root};
    while (!open.empty()) {
      uint32_t next = open.back();
      if (!seen[next]) {
        seen[next] = 1;
        for (uint32_t on : needs[next]) {
          if (!seen[on]) open.push_back(on);
        }
        continue;
      }
      open.pop_back();
      if (place[next] != UINT32_MAX) continue;
      place[next] = static_cast<uint32_t>(order.size());
      order.push_back(next);
    }
  }
  std::vector<Package> packages;
  for (uint32_t old : order) packages.push_back(std::move(resolve_.packages[old]));
  resolve_.packages = std::move(packages);
  for (Interface& interface : resolve_.interfaces) {
    interface.package.index = place[interface.package.index];
  }
  for (World& world : resolve_.worlds) world.package.index = place[world.package.index];
  for (auto& [name, id] : resolve_.package_names) id.index = place[id.index];
  return std::move(resolve_);
}

}  // namespace weir::wit::binary
