#include "wit/merge.h"

#include <algorithm>
#include <utility>

namespace weir::wit {
namespace {

class Merger {
 public:
  Merger(Resolve& into, const Resolve& from, PackageId main)
      : into_(into), from_(from), main_(main) {}

  Result<void> run() {
    for (const Package& package : from_.packages) add_package(package);
    for (const Interface& interface : from_.interfaces) add_interface(interface);
    for (const World& world : from_.worlds) add_world(world);
    for (uint32_t i = 0; i < from_.types.size(); ++i) WEIR_TRY(add_type(TypeId{i}));
    for (uint32_t i = 0; i < from_.interfaces.size(); ++i) {
      for (const auto& [name, function] : from_.interfaces[i].functions) {
        WEIR_TRY(add_function(InterfaceId{i}, function));
      }
    }
    for (uint32_t i = 0; i < from_.worlds.size(); ++i) WEIR_TRY(fill_world(WorldId{i}));
    return {};
  }

 private:
  bool is_main(PackageId of_from) const { return of_from == main_; }
  Error differs(std::string what, PackageId package) const {
    return Error{what + " of the package " + to_string(from_[package].name) +
                 " is not the same everywhere"};
  }

  // What is new has a place at the end of its arena, and its name in its package.
  template <class Id, class Item>
  Id place(OrderedMap<std::string, Id>& names, std::vector<Item>& arena, Item item, bool main) {
    if (const Id* known = names.find(item.name); known && !item.name.empty()) {
      if (main) arena[known->index].docs = item.docs;
      if (main) arena[known->index].stability = item.stability;
      return *known;
    }
    Id id{static_cast<uint32_t>(arena.size())};
    if (!item.name.empty()) names.insert(item.name, id);
    arena.push_back(std::move(item));
    return id;
  }

  void add_package(const Package& package) {
    PackageId next{static_cast<uint32_t>(into_.packages.size())};
    auto [at, fresh] = into_.package_names.try_emplace(to_string(package.name), next);
    if (fresh) into_.packages.push_back({package.name, "", {}, {}, {}});
    if (is_main(PackageId{static_cast<uint32_t>(packages_.size())})) {
      into_[at->second].docs = package.docs;
    }
    packages_.push_back(at->second);
  }

  void add_interface(const Interface& interface) {
    PackageId package = packages_[interface.package.index];
    Interface made{.name = interface.name,
                   .package = package,
                   .docs = interface.docs,
                   .stability = interface.stability};
    interfaces_.push_back(place(into_[package].interfaces, into_.interfaces, std::move(made),
                                is_main(interface.package)));
  }

  void add_world(const World& world) {
    PackageId package = packages_[world.package.index];
    World made{
        .name = world.name, .package = package, .docs = world.docs, .stability = world.stability};
    known_worlds_.push_back(into_[package].worlds.contains(world.name));
    worlds_.push_back(
        place(into_[package].worlds, into_.worlds, std::move(made), is_main(world.package)));
  }

  Type type(Type of_from) const {
    return of_from.is_prim() ? of_from : Type(types_[of_from.id().index]);
  }
  std::optional<Type> type(std::optional<Type> of_from) const {
    return of_from ? std::optional(type(*of_from)) : std::nullopt;
  }

  Result<void> add_type(TypeId id) {
    TypeDef def = from_[id];
    map_references(def.shape, [&](Type each) { return type(each); });
    std::optional<TypeId> known;
    PackageId package;
    if (def.owner.kind == Owner::Kind::interface) {
      package = from_[def.owner.interface()].package;
      InterfaceId owner = interfaces_[def.owner.index];
      def.owner = Owner::of(owner);
      if (const TypeId* found = into_[owner].types.find(def.name)) known = *found;
    } else if (def.owner.kind == Owner::Kind::world) {
      package = from_[def.owner.world()].package;
      WorldId owner = worlds_[def.owner.index];
      def.owner = Owner::of(owner);
      const WorldItem* found = into_[owner].imports.find(WorldKey::of(def.name));
      if (const auto* type = found ? std::get_if<WorldType>(found) : nullptr) known = type->id;
    }
    if (known) {
      TypeDef& there = into_.types.edit(*known);
      if (!same(there.shape, def.shape)) {
        return Err(differs("the type `" + def.name + "`", package));
      }
      if (is_main(package)) there = std::move(def);
      types_.push_back(*known);
      return {};
    }
    std::string name = def.name;
    Owner owner = def.owner;
    TypeId made = into_.types.add(std::move(def));
    if (owner.kind == Owner::Kind::interface) into_[owner.interface()].types.insert(name, made);
    types_.push_back(made);
    return {};
  }

  Function function(Function made) const {
    if (made.resource.valid()) made.resource = types_[made.resource.index];
    for (Param& param : made.params) param.type = type(param.type);
    made.result = type(made.result);
    return made;
  }

  Result<void> add_function(InterfaceId of_from, const Function& from) {
    Interface& interface = into_[interfaces_[of_from.index]];
    PackageId package = from_[of_from].package;
    Function made = function(from);
    Function* known = interface.functions.find(made.name);
    if (!known) {
      interface.functions.insert(made.name, made);
    } else if (!same(*known, made)) {
      return Err(differs("the function `" + made.name + "`", package));
    } else if (is_main(package)) {
      *known = std::move(made);
    }
    return {};
  }

  Result<void> fill_world(WorldId of_from) {
    const World& from = from_[of_from];
    World& into = into_[worlds_[of_from.index]];
    for (auto items : {&World::imports, &World::exports}) {
      WorldItems made;
      for (auto [key, item] : from.*items) {
        if (key.is_interface()) key.interface = interfaces_[key.interface.index];
        if (auto* interface = std::get_if<WorldInterface>(&item)) {
          interface->id = interfaces_[interface->id.index];
        } else if (auto* world_type = std::get_if<WorldType>(&item)) {
          world_type->id = types_[world_type->id.index];
        } else {
          item = function(std::get<Function>(item));
        }
        made.insert(std::move(key), std::move(item));
      }
      if (known_worlds_[of_from.index] && !same(into.*items, made)) {
        return Err(differs("the world `" + from.name + "`", from.package));
      }
      into.*items = std::move(made);
    }
    return {};
  }

  // ---- whether two things of `into_` are the same, but for docs and gates

  bool same(Type a, Type b) const {
    if (a == b) return true;
    if (a.is_prim() || b.is_prim()) return false;
    const TypeDef& left = into_[a.id()];
    const TypeDef& right = into_[b.id()];
    if (left.name.empty() && right.name.empty()) return same(left.shape, right.shape);
    return left.name == right.name && left.owner == compared_.first &&
           right.owner == compared_.second;
  }

  static std::vector<std::string> names_in(const Shape& shape) {
    std::vector<std::string> names;
    auto add = [&](const auto& list) {
      for (const auto& each : list) names.push_back(each.name);
    };
    if (const auto* record = std::get_if<Record>(&shape)) add(record->fields);
    if (const auto* labels = std::get_if<Enum>(&shape)) add(labels->cases);
    if (const auto* flags = std::get_if<Flags>(&shape)) add(flags->flags);
    if (const auto* list = std::get_if<FixedList>(&shape)) {
      names.push_back(std::to_string(list->length));
    }
    if (const auto* result = std::get_if<ResultType>(&shape); result && result->ok) {
      names.emplace_back("ok");
    }
    if (const auto* variant = std::get_if<Variant>(&shape)) {
      add(variant->cases);
      for (const Case& each : variant->cases) names.emplace_back(each.type ? "some" : "none");
    }
    return names;
  }

  bool same(const Shape& a, const Shape& b) const {
    if (a.index() != b.index() || names_in(a) != names_in(b)) return false;
    std::vector<Type> left, right;
    for_each_reference(a, [&](Type each) { left.push_back(each); });
    for_each_reference(b, [&](Type each) { right.push_back(each); });
    return std::ranges::equal(left, right, [&](Type x, Type y) { return same(x, y); });
  }

  bool same(const Function& a, const Function& b) const {
    auto same_param = [&](const Param& x, const Param& y) {
      return x.name == y.name && same(x.type, y.type);
    };
    return a.async == b.async && std::ranges::equal(a.params, b.params, same_param) &&
           a.result.has_value() == b.result.has_value() &&
           (!a.result || same(*a.result, *b.result));
  }

  bool same(const WorldItems& a, const WorldItems& b) {
    if (a.size() != b.size()) return false;
    return std::ranges::all_of(a, [&](const auto& entry) {
      const WorldItem* other = b.find(entry.first);
      return other && same_item(entry.second, *other);
    });
  }

  bool same_item(const WorldItem& a, const WorldItem& b) {
    if (a.index() != b.index()) return false;
    if (const auto* function = std::get_if<Function>(&a)) {
      return same(*function, std::get<Function>(b));
    }
    if (const auto* type = std::get_if<WorldType>(&a)) {
      return type->id == std::get<WorldType>(b).id;
    }
    return same(std::get<WorldInterface>(a).id, std::get<WorldInterface>(b).id);
  }

  // Those that a world spells out are there twice; the others have been merged.
  bool same(InterfaceId a, InterfaceId b) {
    const Interface& left = into_[a];
    const Interface& right = into_[b];
    if (a == b || !left.name.empty() || !right.name.empty()) return a == b;
    compared_ = {Owner::of(a), Owner::of(b)};
    auto same_type = [&](const auto& entry) {
      const TypeId* other = right.types.find(entry.first);
      return other && same(into_[entry.second].shape, into_[*other].shape);
    };
    auto same_function = [&](const auto& entry) {
      const Function* other = right.functions.find(entry.first);
      return other && same(entry.second, *other);
    };
    return left.types.size() == right.types.size() &&
           left.functions.size() == right.functions.size() &&
           std::ranges::all_of(left.types, same_type) &&
           std::ranges::all_of(left.functions, same_function);
  }

  Resolve& into_;
  const Resolve& from_;
  const PackageId main_;
  // By what they are in `from_`: what they are in `into_`.
  std::vector<PackageId> packages_;
  std::vector<InterfaceId> interfaces_;
  std::vector<WorldId> worlds_;
  std::vector<TypeId> types_;
  std::vector<bool> known_worlds_;
  // Two interfaces whose types are the same if their names are.
  std::pair<Owner, Owner> compared_;
};

}  // namespace

Result<void> merge(Resolve& into, const Resolve& from, PackageId main) {
  return Merger(into, from, main).run();
}

}  // namespace weir::wit
