#include "component/mentions.h"

namespace weir::component {

bool Mentions::any_free() const {
  for (uint32_t id : found_) {
    if (!bound_.contains(id)) return true;
  }
  return false;
}

void Mentions::walk(ValType type) {
  const Types& types = universe_.values;
  if (!types.contents(type).resource || !seen_.insert(AnyType(type).key()).second) return;
  auto optional = [&](const std::optional<ValType>& t) {
    if (t) walk(*t);
  };
  std::visit(
      [&](const auto& shape) {
        using T = std::remove_cvref_t<decltype(shape)>;
        if constexpr (std::is_same_v<T, Record>) {
          for (const Field& field : shape.fields) walk(field.type);
        } else if constexpr (std::is_same_v<T, Variant>) {
          for (const Case& c : shape.cases) optional(c.type);
        } else if constexpr (std::is_same_v<T, Tuple>) {
          for (ValType t : shape.types) walk(t);
        } else if constexpr (std::is_same_v<T, List> || std::is_same_v<T, FixedList>) {
          walk(shape.element);
        } else if constexpr (std::is_same_v<T, Map>) {
          walk(shape.key);
          walk(shape.value);
        } else if constexpr (std::is_same_v<T, Option>) {
          walk(shape.value);
        } else if constexpr (std::is_same_v<T, ResultType>) {
          optional(shape.ok);
          optional(shape.err);
        } else if constexpr (std::is_same_v<T, Own> || std::is_same_v<T, Borrow>) {
          found_.insert(types.canonical(shape.resource).index);
        } else if constexpr (std::is_same_v<T, Stream>) {
          optional(shape.element);
        } else if constexpr (std::is_same_v<T, Future>) {
          optional(shape.value);
        }
      },
      types.shape(type.id()));
}

void Mentions::walk(AnyType type) {
  const Types& types = universe_.values;
  auto bind = [&](const std::vector<ResourceId>& ids) {
    for (ResourceId id : ids) bound_.insert(types.canonical(id).index);
  };
  switch (type.kind) {
    case AnyType::Kind::value:
      walk(type.value());
      break;
    case AnyType::Kind::resource:
      found_.insert(types.canonical(type.resource()).index);
      break;
    case AnyType::Kind::func: {
      if (!seen_.insert(type.key()).second) return;
      const FuncType& func = types.func(type.func());
      for (const Field& param : func.params) walk(param.type);
      if (func.result) walk(*func.result);
      break;
    }
    case AnyType::Kind::instance: {
      if (!seen_.insert(type.key()).second) return;
      const InstanceType& instance = universe_[type.instance()];
      bind(instance.defined);
      walk(instance.exports);
      break;
    }
    case AnyType::Kind::component: {
      if (!seen_.insert(type.key()).second) return;
      const ComponentType& component = universe_[type.component()];
      bind(component.imported);
      bind(component.defined);
      walk(component.imports);
      walk(component.exports);
      break;
    }
  }
}

void Mentions::walk(const ExternType& type) {
  switch (type.kind) {
    case ExternType::Kind::func:
      walk(AnyType(type.func()));
      break;
    case ExternType::Kind::type:
      walk(type.type);
      break;
    case ExternType::Kind::instance:
      walk(AnyType(type.instance()));
      break;
    case ExternType::Kind::component:
      walk(AnyType(type.component()));
      break;
    case ExternType::Kind::module:
    case ExternType::Kind::value:
      break;
  }
}

void Mentions::walk(const ExternList& list) {
  for (const ExternList::Item& item : list) walk(item.type);
}

}  // namespace weir::component
