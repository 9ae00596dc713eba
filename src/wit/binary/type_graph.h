#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "wit/resolve.h"
#include "wit/types.h"

// The types of a component as its binary spells them. Unlike the types that the component model
// compares, these keep their names: a second name for a type is a node of its own, which leads to
// what it names, and that is what WIT's `use` and `type` are read from.
namespace weir::wit::binary {

using NodeId = uint32_t;

enum class Sort : uint8_t { func, type, instance, component, other };

struct Extern {
  std::string name;
  // The interface that a plain name stands for, or empty.
  std::string implements;
  std::optional<std::string> external_id;
  Sort sort = Sort::other;
  NodeId node = 0;
};

// Finds by name; null if there is none.
const Extern* find(const std::vector<Extern>& externs, std::string_view name);

// A resource, or a second name for one.
struct ResourceNode {
  std::optional<NodeId> alias;
};
struct FuncNode {
  bool async = false;
  std::vector<Param> params;
  std::optional<Type> result;
};
// `begin` is the first of the nodes that were made for this one; they end before it. Each instance
// of a type gets copies of them.
struct InstanceNode {
  std::vector<Extern> exports;
  NodeId begin = 0;
};
struct ComponentNode {
  std::vector<Extern> imports;
  std::vector<Extern> exports;
  NodeId begin = 0;
};

struct Node {
  // In a shape, the index of a type is a `NodeId`. An `Alias` is a primitive type or a second name.
  std::variant<Shape, ResourceNode, FuncNode, InstanceNode, ComponentNode> what;
  // How deep its values nest.
  uint32_t depth = 0;
};

class TypeGraph {
 public:
  // Nothing when the graph has grown too large or a type nests too deep.
  std::optional<NodeId> add(Node node);

  const Node& operator[](NodeId id) const { return nodes_[id]; }
  NodeId size() const { return static_cast<NodeId>(nodes_.size()); }
  template <class T>
  const T* get(NodeId id) const {
    return std::get_if<T>(&nodes_[id].what);
  }

  // The node that `id` is a second name of.
  std::optional<NodeId> named_by(NodeId id) const;

  // A copy of an instance or component type and of the nodes that belong to it, with some of
  // those replaced. Nothing when the graph has grown too large.
  std::optional<NodeId> copy(NodeId id, const std::unordered_map<NodeId, NodeId>& replaced = {});

 private:
  // Caps what hostile types can ask for, in parts of types.
  static constexpr uint64_t kMaxWork = 1'000'000;
  static constexpr uint32_t kMaxDepth = 100;

  uint32_t depth_of(const Node& node) const;

  std::vector<Node> nodes_;
  uint64_t work_ = 0;
};

}  // namespace weir::wit::binary
