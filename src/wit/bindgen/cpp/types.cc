#include "wit/bindgen/cpp/generator.h"
#include "wit/bindgen/host_types.h"

namespace weir::wit {

std::string CppGenerator::prim(Prim prim) const {
  if (prim == Prim::string) return string_type("");
  // A handle, which nobody has yet.
  return prim == Prim::error_context ? "uint32_t" : host_prim(prim);
}

std::string CppGenerator::string_type(const char* suffix) const {
  bool wide = options_.encoding == StringEncoding::utf16;
  return std::string(wide ? "std::u16string" : "std::string") + suffix;
}

bool CppGenerator::side_of(TypeId id, bool exported) const {
  Owner owner = resolve_[id].owner;
  if (owner.kind == Owner::Kind::none) return exported;
  if (owner.kind == Owner::Kind::world) return false;
  return exported && exported_.contains(owner.interface());
}

CppGenerator::Ref CppGenerator::root(Ref ref) const {
  while (!ref.type.is_prim()) {
    TypeId id = ref.type.id();
    ref.exported = side_of(id, ref.exported);
    const auto* alias = std::get_if<Alias>(&resolve_[id].shape);
    if (!alias) break;
    ref.type = alias->target;
  }
  return ref;
}

std::string CppGenerator::named(TypeId id, bool exported) const {
  Owner owner = resolve_[id].owner;
  const std::string& name = type_names_.at(id);
  const std::string& space = owner.kind == Owner::Kind::world
                                 ? world_space_
                                 : space_names_.at({owner.interface(), side_of(id, exported)});
  return space == here_ ? name : "::" + space + "::" + name;
}

std::string CppGenerator::resource(TypeId id, bool exported) const {
  return named(through_aliases_ ? root({Type(id), exported}).type.id() : id, exported);
}

std::string CppGenerator::value(Ref ref) {
  if (through_aliases_) ref = root(ref);
  if (ref.type.is_prim()) return prim(ref.type.prim());
  TypeId id = ref.type.id();
  if (!resolve_[id].name.empty()) return named(id, ref.exported);
  constexpr size_t kMaxText = 1 << 16;
  if (++steps_ > kMaxSteps) refuse("its types have too many parts");
  if (refused_) return "void";
  std::string text = shape(id, ref.exported);
  if (text.size() > kMaxText) refuse("a type of it is too long to write down");
  return refused_ ? "void" : text;
}

std::string CppGenerator::shape(TypeId id, bool exported) {
  auto part = [&](Type type) { return value({type, exported}); };
  auto or_void = [&](const std::optional<Type>& type) { return type ? part(*type) : "void"; };
  return std::visit(
      [&](const auto& shape) -> std::string {
        using S = std::decay_t<decltype(shape)>;
        if constexpr (std::is_same_v<S, Alias>) {
          return part(shape.target);
        } else if constexpr (std::is_same_v<S, Tuple>) {
          std::string text = "std::tuple<";
          for (size_t i = 0; i < shape.types.size(); ++i) {
            text += (i == 0 ? "" : ", ") + part(shape.types[i]);
          }
          return text + ">";
        } else if constexpr (std::is_same_v<S, List>) {
          return "std::vector<" + part(shape.element) + ">";
        } else if constexpr (std::is_same_v<S, FixedList>) {
          return "std::array<" + part(shape.element) + ", " + std::to_string(shape.length) + ">";
        } else if constexpr (std::is_same_v<S, Map>) {
          return "std::map<" + part(shape.key) + ", " + part(shape.value) + ">";
        } else if constexpr (std::is_same_v<S, Option>) {
          return "std::optional<" + part(shape.value) + ">";
        } else if constexpr (std::is_same_v<S, ResultType>) {
          return "wit::expected<" + or_void(shape.ok) + ", " +
                 (shape.err ? part(*shape.err) : "std::monostate") + ">";
        } else if constexpr (std::is_same_v<S, Own>) {
          std::string name = resource(shape.resource, exported);
          return root({Type(shape.resource), exported}).exported ? "wit::own<" + name + ">" : name;
        } else if constexpr (std::is_same_v<S, Borrow>) {
          std::string name = resource(shape.resource, exported);
          return root({Type(shape.resource), exported}).exported ? name + "*"
                                                                 : "wit::borrow<" + name + ">";
        } else if constexpr (std::is_same_v<S, Stream>) {
          return "wit::stream<" + (shape.element ? part(*shape.element) : "std::monostate") + ">";
        } else if constexpr (std::is_same_v<S, Future>) {
          return "wit::future<" + (shape.value ? part(*shape.value) : "std::monostate") + ">";
        } else {
          return "void";
        }
      },
      resolve_[id].shape);
}

// What an imported function takes by value and does not own; empty for what it takes by reference.
std::string CppGenerator::view(Ref ref) {
  Ref root = this->root(ref);
  if (root.type.is(Prim::string)) return string_type("_view");
  if (root.type.is_prim()) return value(ref);
  const Shape& shape = resolve_[root.type.id()].shape;
  if (std::holds_alternative<Enum>(shape) || std::holds_alternative<Flags>(shape) ||
      std::holds_alternative<Borrow>(shape)) {
    return value(ref);
  }
  if (owns_handle(root.type)) return "";
  if (const auto* list = std::get_if<List>(&shape)) {
    return "std::span<const " + value({list->element, root.exported}) + ">";
  }
  if (const auto* option = std::get_if<Option>(&shape)) {
    std::string inner = view({option->value, root.exported});
    return inner.empty() ? "" : "std::optional<" + inner + ">";
  }
  return "";
}

CppGenerator::CppParam CppGenerator::param(const Param& param, const std::string& name,
                                           bool exported) {
  Ref ref{param.type, exported};
  Ref root = this->root(ref);
  if (!root.type.is_prim()) {
    if (const auto* borrow = std::get_if<Borrow>(&resolve_[root.type.id()].shape)) {
      std::string resource = named(borrow->resource, root.exported);
      bool own = this->root({Type(borrow->resource), root.exported}).exported;
      if (own) return {resource + "&", name, "&" + name};
      return {"const " + resource + "&", name, "wit::borrow<" + resource + ">(" + name + ")"};
    }
  }
  std::string view = this->view(ref);
  if (!view.empty()) return {view, name, name};
  if (owns_handle(root.type)) return {value(ref), name, name};
  return {"const " + value(ref) + "&", name, name};
}

CppGenerator::CppParam CppGenerator::export_param(const Param& param, const std::string& name) {
  Ref root = this->root({param.type, true});
  if (!root.type.is_prim()) {
    if (const auto* borrow = std::get_if<Borrow>(&resolve_[root.type.id()].shape)) {
      std::string resource = named(borrow->resource, root.exported);
      bool own = this->root({Type(borrow->resource), root.exported}).exported;
      return {own ? resource + "&" : "const " + resource + "&", name, ""};
    }
  }
  return {value({param.type, true}), name, ""};
}

bool CppGenerator::owns_handle(Type type) {
  if (!resolve_.types.contains_handle(type) || type.is_prim()) return false;
  auto known = owns_handle_.find(type.id());
  if (known != owns_handle_.end()) return known->second;
  const Shape& shape = resolve_[type.id()].shape;
  bool owns = std::holds_alternative<Own>(shape) || std::holds_alternative<Stream>(shape) ||
              std::holds_alternative<Future>(shape);
  if (!owns && !std::holds_alternative<Borrow>(shape)) {
    for_each_reference(shape, [&](Type part) { owns = owns || owns_handle(part); });
  }
  owns_handle_[type.id()] = owns;
  return owns;
}

bool CppGenerator::comparable(Type type) { return !resolve_.types.contains_handle(type); }

bool CppGenerator::refers(Type type) {
  if (type.is_prim()) return type.is(Prim::string);
  auto known = refers_.find(type.id());
  if (known != refers_.end()) return known->second;
  const Shape& shape = resolve_[type.id()].shape;
  bool refers = std::holds_alternative<List>(shape) || std::holds_alternative<Map>(shape);
  bool handle = std::holds_alternative<Own>(shape) || std::holds_alternative<Borrow>(shape) ||
                std::holds_alternative<Stream>(shape) || std::holds_alternative<Future>(shape);
  if (!refers && !handle) {
    for_each_reference(shape, [&](Type part) { refers = refers || this->refers(part); });
  }
  refers_[type.id()] = refers;
  return refers;
}

}  // namespace weir::wit
