#include "wit/resolve/clone.h"

#include <algorithm>
#include <unordered_set>

namespace weir::wit {

WorldItem Cloner::clone(const WorldItem& item) {
  WorldItem copy = item;
  if (auto* type = std::get_if<WorldType>(&copy)) {
    type->id = type_id(type->id);
  } else if (auto* function = std::get_if<Function>(&copy)) {
    this->function(*function);
  } else {
    auto& interface = std::get<WorldInterface>(copy);
    if (resolve_[interface.id].name.empty()) interface.id = this->interface(interface.id);
  }
  return copy;
}

Type Cloner::type(Type type) {
  if (type.is_prim()) return type;
  auto found = copies_.find(type.id().index);
  if (found == copies_.end()) {
    copy_types(type.id());
    found = copies_.find(type.id().index);
  }
  return found->second;
}

void Cloner::function(Function& function) {
  if (function.resource.valid()) function.resource = type_id(function.resource);
  for (Param& param : function.params) param.type = type(param.type);
  if (function.result) function.result = type(*function.result);
}

InterfaceId Cloner::interface(InterfaceId id) {
  InterfaceId copy_id{static_cast<uint32_t>(resolve_.interfaces.size())};
  Cloner inner(resolve_, Owner::of(id), Owner::of(copy_id), package_);
  Interface copy = resolve_[id];
  copy.package = package_;
  for (auto& [name, type] : copy.types) type = inner.type_id(type);
  for (auto& [name, function] : copy.functions) inner.function(function);
  resolve_.interfaces.push_back(std::move(copy));
  return copy_id;
}

void Cloner::copy_types(TypeId root) {
  // What is reached without leaving `from_`. Types mention earlier ones only, so in the order of
  // their ids each copy finds those that it needs.
  std::vector<uint32_t> reached;
  std::vector<uint32_t> open = {root.index};
  std::unordered_set<uint32_t> seen = {root.index};
  while (!open.empty()) {
    TypeId id{open.back()};
    open.pop_back();
    reached.push_back(id.index);
    const TypeDef& def = resolve_[id];
    if (def.owner.kind != Owner::Kind::none && def.owner != from_) continue;
    for_each_reference(def.shape, [&](Type type) {
      if (type.is_prim() || copies_.contains(type.id().index)) return;
      if (seen.insert(type.id().index).second) open.push_back(type.id().index);
    });
  }
  std::ranges::sort(reached);
  for (uint32_t index : reached) {
    TypeId id{index};
    bool owned = resolve_[id].owner == from_;
    bool anonymous = resolve_[id].owner.kind == Owner::Kind::none;
    bool mentions_copy = false;
    if (anonymous) {
      for_each_reference(resolve_[id].shape, [&](Type type) {
        mentions_copy = mentions_copy || (!type.is_prim() && this->type(type) != type);
      });
    }
    if (!owned && !mentions_copy) {
      copies_.emplace(index, id);
      continue;
    }
    TypeDef copy = resolve_[id];
    if (owned) copy.owner = to_;
    map_references(copy.shape, [&](Type type) { return this->type(type); });
    copies_.emplace(index, resolve_.types.add(std::move(copy)));
  }
}

}  // namespace weir::wit
