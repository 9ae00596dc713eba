#include "component/substitution.h"

namespace weir::component {

void Substitution::set(ResourceId from, ResourceId to) {
  resources_[universe_.values.canonical(from).index] = to;
}

void Substitution::set(TypeId from, TypeId to) {
  if (from != to) types_[from.index] = to;
}

bool Substitution::has(ResourceId resource) const {
  return resources_.contains(universe_.values.canonical(resource).index);
}

ResourceId Substitution::apply(ResourceId resource) {
  auto found = resources_.find(universe_.values.canonical(resource).index);
  return found == resources_.end() ? resource : found->second;
}

ValType Substitution::apply(ValType type) {
  Types& types = universe_.values;
  if (type.is_prim() || empty()) return type;
  if (types_.empty() && !types.contents(type).resource) return type;
  TypeId id = type.id();
  if (auto renamed = types_.find(id.index); renamed != types_.end()) return renamed->second;
  auto [found, added] = done_.try_emplace(AnyType(type).key(), 0);
  if (!added) return TypeId{found->second};

  Shape shape = types.shape(id);
  auto optional = [&](std::optional<ValType>& t) {
    if (t) t = apply(*t);
  };
  std::visit(
      [&](auto& s) {
        using T = std::remove_cvref_t<decltype(s)>;
        if constexpr (std::is_same_v<T, Record>) {
          for (Field& field : s.fields) field.type = apply(field.type);
        } else if constexpr (std::is_same_v<T, Variant>) {
          for (Case& c : s.cases) optional(c.type);
        } else if constexpr (std::is_same_v<T, Tuple>) {
          for (ValType& t : s.types) t = apply(t);
        } else if constexpr (std::is_same_v<T, List> || std::is_same_v<T, FixedList>) {
          s.element = apply(s.element);
        } else if constexpr (std::is_same_v<T, Map>) {
          s.key = apply(s.key);
          s.value = apply(s.value);
        } else if constexpr (std::is_same_v<T, Option>) {
          s.value = apply(s.value);
        } else if constexpr (std::is_same_v<T, ResultType>) {
          optional(s.ok);
          optional(s.err);
        } else if constexpr (std::is_same_v<T, Own> || std::is_same_v<T, Borrow>) {
          s.resource = apply(s.resource);
        } else if constexpr (std::is_same_v<T, Stream>) {
          optional(s.element);
        } else if constexpr (std::is_same_v<T, Future>) {
          optional(s.value);
        }
      },
      shape);
  ++universe_.work;
  bool same = shape == types.shape(id);
  TypeId result = same ? id : types.add(std::move(shape));
  done_[AnyType(type).key()] = result.index;
  return result;
}

FuncTypeId Substitution::apply(FuncTypeId id) {
  Types& types = universe_.values;
  if (empty() || (types_.empty() && !universe_.mentions_resource(AnyType(id)))) return id;
  auto [found, added] = done_.try_emplace(AnyType(id).key(), 0);
  if (!added) return {found->second};
  FuncType type = types.func(id);
  for (Field& param : type.params) param.type = apply(param.type);
  if (type.result) type.result = apply(*type.result);
  ++universe_.work;
  FuncTypeId result = types.intern(std::move(type));
  done_[AnyType(id).key()] = result.index;
  return result;
}

ExternList Substitution::apply(const ExternList& list) {
  ExternList result;
  universe_.work += list.size();
  for (const ExternList::Item& item : list) {
    if (universe_.exhausted()) break;
    result.add(item.name, apply(item.type));
  }
  return result;
}

InstanceTypeId Substitution::apply(InstanceTypeId id) {
  if (empty() || (types_.empty() && !universe_[id].resources)) return id;
  auto [found, added] = done_.try_emplace(AnyType(id).key(), 0);
  if (!added) return {found->second};
  // A copy: the arena moves while the exports are copied.
  InstanceType type = universe_[id];
  type.exports = apply(type.exports);
  InstanceTypeId result = universe_.add(std::move(type));
  done_[AnyType(id).key()] = result.index;
  return result;
}

ComponentTypeId Substitution::apply(ComponentTypeId id) {
  if (empty()) return id;
  auto [found, added] = done_.try_emplace(AnyType(id).key(), 0);
  if (!added) return {found->second};
  ComponentType type = universe_[id];
  type.imports = apply(type.imports);
  type.exports = apply(type.exports);
  ComponentTypeId result = universe_.add(std::move(type));
  done_[AnyType(id).key()] = result.index;
  return result;
}

AnyType Substitution::apply(AnyType type) {
  switch (type.kind) {
    case AnyType::Kind::value:
      return apply(type.value());
    case AnyType::Kind::func:
      return apply(type.func());
    case AnyType::Kind::instance:
      return apply(type.instance());
    case AnyType::Kind::component:
      return apply(type.component());
    case AnyType::Kind::resource:
      return apply(type.resource());
  }
  return type;
}

ExternType Substitution::apply(const ExternType& type) {
  switch (type.kind) {
    case ExternType::Kind::module:
      return type;
    case ExternType::Kind::func:
      return apply(type.func());
    case ExternType::Kind::value:
      return type;
    case ExternType::Kind::type:
      return ExternType::of_type(apply(type.type));
    case ExternType::Kind::component:
      return apply(type.component());
    case ExternType::Kind::instance:
      return apply(type.instance());
  }
  return type;
}

}  // namespace weir::component
