#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "util/result.h"
#include "wit/binary/type_graph.h"
#include "wit/resolve.h"
#include "wit/resolve/name_set.h"

namespace weir::wit::binary {

// Makes a `Resolve` of the types of a component. The first error sticks.
class WitBuilder {
 public:
  explicit WitBuilder(const TypeGraph& graph) : graph_(graph) {}

  // An interface under its full name, `wasi:http/types@0.3.0`. What is known of it already is
  // added to.
  InterfaceId interface(const std::string& name, NodeId instance);
  // A world under its full name, or the world `root` of a component.
  WorldId world(const std::string& name, const std::vector<Extern>& imports,
                const std::vector<Extern>& exports);

  void fail(std::string message);
  bool ok() const { return error_.empty(); }
  const std::string& error() const { return error_; }

  // Puts the packages into order and gives everything out, or the error.
  Result<Resolve> finish();

 private:
  // A name of the form `ns:pkg/item@version`.
  struct ItemName {
    PackageName package;
    std::string item;
  };
  std::optional<ItemName> parse(std::string_view name);
  // The place of a package among `packages`, which is made if need be.
  uint32_t package(const PackageName& name);

  void check_world(const World& world);
  void fill(InterfaceId id, const InstanceNode& instance);
  void world_item(WorldId id, bool import, const Extern& e);
  TypeId named_type(const Extern& e, Owner owner);
  Function function(const Extern& e, const auto& find_resource);
  bool is_well_formed(const Function& function) const;
  Type type(Type node);
  std::optional<Type> type(std::optional<Type> node);
  // The type that a node, or one that it is a second name of, has become.
  std::optional<TypeId> known(NodeId node) const;
  Shape shape(const Shape& of);
  TypeId anonymous(Shape shape);

  const TypeGraph& graph_;
  Resolve resolve_;
  std::unordered_map<NodeId, TypeId> types_;
  std::map<std::vector<uint64_t>, TypeId> anonymous_;
  std::unordered_map<std::string, InterfaceId> interfaces_;
  // The names of an interface's types and functions, by its index.
  std::unordered_map<uint32_t, NameSet> names_;
  std::string error_;
};

}  // namespace weir::wit::binary
