#include "wit/binary/type_graph.h"

#include <algorithm>

namespace weir::wit::binary {
namespace {

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};

uint64_t parts_of(const Node& node) {
  return 1 +
         std::visit(Overloaded{[](const Shape& shape) -> uint64_t {
                                 if (auto* s = std::get_if<Record>(&shape)) {
                                   return s->fields.size();
                                 }
                                 if (auto* s = std::get_if<Variant>(&shape)) {
                                   return s->cases.size();
                                 }
                                 if (auto* s = std::get_if<Enum>(&shape)) {
                                   return s->cases.size();
                                 }
                                 if (auto* s = std::get_if<Flags>(&shape)) {
                                   return s->flags.size();
                                 }
                                 if (auto* s = std::get_if<Tuple>(&shape)) {
                                   return s->types.size();
                                 }
                                 return 1;
                               },
                               [](const ResourceNode&) -> uint64_t { return 1; },
                               [](const FuncNode& f) -> uint64_t { return f.params.size(); },
                               [](const InstanceNode& i) -> uint64_t { return i.exports.size(); },
                               [](const ComponentNode& c) -> uint64_t {
                                 return c.imports.size() + c.exports.size();
                               }},
                    node.what);
}

}  // namespace

const Extern* find(const std::vector<Extern>& externs, std::string_view name) {
  auto found = std::ranges::find(externs, name, &Extern::name);
  return found == externs.end() ? nullptr : &*found;
}

uint32_t TypeGraph::depth_of(const Node& node) const {
  const Shape* shape = std::get_if<Shape>(&node.what);
  if (!shape) return 0;
  uint32_t deepest = 0;
  for_each_reference(*shape, [&](Type type) {
    if (!type.is_prim()) deepest = std::max(deepest, nodes_[type.id().index].depth);
  });
  return deepest + (std::holds_alternative<Alias>(*shape) ? 0 : 1);
}

std::optional<NodeId> TypeGraph::add(Node node) {
  node.depth = depth_of(node);
  work_ += parts_of(node);
  if (work_ > kMaxWork || node.depth > kMaxDepth) return std::nullopt;
  nodes_.push_back(std::move(node));
  return size() - 1;
}

std::optional<NodeId> TypeGraph::named_by(NodeId id) const {
  if (const auto* resource = get<ResourceNode>(id)) return resource->alias;
  if (const auto* shape = get<Shape>(id)) {
    const Alias* alias = std::get_if<Alias>(shape);
    if (alias && !alias->target.is_prim()) return alias->target.id().index;
  }
  return std::nullopt;
}

std::optional<NodeId> TypeGraph::copy(NodeId id,
                                      const std::unordered_map<NodeId, NodeId>& replaced) {
  const auto* instance = get<InstanceNode>(id);
  const auto* component = get<ComponentNode>(id);
  const NodeId begin = instance ? instance->begin : component ? component->begin : id;
  // For each node from `begin` on: what it became, and where the copies were when it was copied.
  std::vector<NodeId> became;
  std::vector<NodeId> starts;
  auto map = [&](NodeId old) {
    return old < begin || old - begin >= became.size() ? old : became[old - begin];
  };
  auto map_externs = [&](std::vector<Extern>& externs) {
    for (Extern& e : externs) {
      if (e.sort != Sort::other) e.node = map(e.node);
    }
  };
  auto map_type = [&](Type type) {
    return type.is_prim() ? type : Type(TypeId{map(type.id().index)});
  };
  auto start_of = [&](NodeId old) { return old < begin ? old : starts[old - begin]; };
  for (NodeId old = begin; old <= id; ++old) {
    starts.push_back(size());
    if (auto found = replaced.find(old); found != replaced.end()) {
      became.push_back(found->second);
      continue;
    }
    Node node = nodes_[old];
    std::visit(Overloaded{[&](Shape& shape) { map_references(shape, map_type); },
                          [&](ResourceNode& r) {
                            if (r.alias) r.alias = map(*r.alias);
                          },
                          [&](FuncNode& f) {
                            for (Param& param : f.params) param.type = map_type(param.type);
                            if (f.result) f.result = map_type(*f.result);
                          },
                          [&](InstanceNode& i) {
                            map_externs(i.exports);
                            i.begin = start_of(i.begin);
                          },
                          [&](ComponentNode& c) {
                            map_externs(c.imports);
                            map_externs(c.exports);
                            c.begin = start_of(c.begin);
                          }},
               node.what);
    std::optional<NodeId> made = add(std::move(node));
    if (!made) return std::nullopt;
    became.push_back(*made);
  }
  return became.back();
}

}  // namespace weir::wit::binary
