#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "wit/accessor.h"
#include "wit/ids.h"
#include "wit/ordered_map.h"
#include "wit/span.h"
#include "wit/stability.h"
#include "wit/types.h"
#include "wit/version.h"

// WIT with every name resolved: flat arenas, each in topological order, that refer to each other
// by typed ids. Made from text (load.h); everything that uses WIT starts here.
namespace weir::wit {

struct PackageName {
  std::string space;
  std::string name;
  std::optional<Version> version;

  friend bool operator==(const PackageName&, const PackageName&) = default;
};

// `wasi:http@0.2.12`
std::string to_string(const PackageName& name);

struct Param {
  std::string name;
  Type type;
  Span span;
};

struct Function {
  enum class Kind : uint8_t { freestanding, method, static_, constructor };

  // As in the component model: `get`, `[method]fields.get`, `[constructor]fields`, `[get]size`.
  std::string name;
  Kind kind = Kind::freestanding;
  bool async = false;
  Accessor accessor = Accessor::none;
  // Valid unless freestanding.
  TypeId resource;
  // Those of a method begin with `self`.
  std::vector<Param> params;
  std::optional<Type> result;
  std::string docs;
  Stability stability;
  std::optional<std::string> external_id;
  Span span;

  // The name as it is written in WIT: `get`; `fields` for a constructor.
  std::string_view item_name() const;
};

struct Interface {
  // Empty if it is written inside a world.
  std::string name;
  PackageId package;
  OrderedMap<std::string, TypeId> types;
  OrderedMap<std::string, Function> functions;
  // The interfaces that types are used from, in the order of their first use.
  std::vector<InterfaceId> dependencies;
  std::string docs;
  Stability stability;
  Span span;
};

// What an import or export is called: a plain name, or the interface that it is.
struct WorldKey {
  // Empty if it is an interface.
  std::string name;
  InterfaceId interface;

  static WorldKey of(std::string name) { return {std::move(name), {}}; }
  static WorldKey of(InterfaceId id) { return {"", id}; }
  bool is_interface() const { return name.empty(); }

  friend bool operator==(const WorldKey&, const WorldKey&) = default;
};

struct WorldKeyHash {
  size_t operator()(const WorldKey& key) const {
    return key.is_interface() ? std::hash<InterfaceId>()(key.interface)
                              : std::hash<std::string>()(key.name);
  }
};

struct WorldInterface {
  InterfaceId id;
  Stability stability;
  // Those of the import or export itself.
  std::string docs;
  std::optional<std::string> external_id;
  Span span;
};

struct WorldType {
  TypeId id;
  Span span;
};

using WorldItem = std::variant<WorldInterface, WorldType, Function>;
using WorldItems = OrderedMap<WorldKey, WorldItem, WorldKeyHash>;

// A world with its includes expanded, and every interface listed that its items need.
struct World {
  std::string name;
  PackageId package;
  // Interfaces come first, then used types, types, functions, functions of resources.
  WorldItems imports;
  WorldItems exports;
  std::string docs;
  Stability stability;
  Span span;
};

struct Package {
  PackageName name;
  std::string docs;
  OrderedMap<std::string, InterfaceId> interfaces;
  OrderedMap<std::string, WorldId> worlds;
  Span span;
};

struct Resolve {
  std::vector<Package> packages;
  std::vector<Interface> interfaces;
  std::vector<World> worlds;
  TypeTable types;
  // By `to_string` of their names.
  std::unordered_map<std::string, PackageId> package_names;

  Package& operator[](PackageId id) { return packages[id.index]; }
  const Package& operator[](PackageId id) const { return packages[id.index]; }
  Interface& operator[](InterfaceId id) { return interfaces[id.index]; }
  const Interface& operator[](InterfaceId id) const { return interfaces[id.index]; }
  World& operator[](WorldId id) { return worlds[id.index]; }
  const World& operator[](WorldId id) const { return worlds[id.index]; }
  const TypeDef& operator[](TypeId id) const { return types[id]; }

  // Nothing if there is no such package.
  std::optional<PackageId> find_package(const PackageName& name) const;

  // Finds an interface or world by what a user writes: `name` in `main`, `ns:pkg/name@1.2.3` in
  // that package, or `ns:pkg/name` where only one version of the package is here.
  std::optional<InterfaceId> find_interface(std::string_view path, PackageId main = {}) const;
  // An empty path means the only world of `main`.
  std::optional<WorldId> find_world(std::string_view path, PackageId main = {}) const;

  // `wasi:io/streams@0.2.12`; empty for an interface that has no name.
  std::string id_of(InterfaceId id) const;
  std::string id_of(WorldId id) const;
  // The name of the import or export in the component model.
  std::string name_of(const WorldKey& key) const;

  // The type that a `use` made `id` of, if it was made so: then it belongs to another interface.
  std::optional<TypeId> used_type(TypeId id) const;
};

}  // namespace weir::wit
