#include "wit/bindgen/host_types.h"

#include <algorithm>
#include <array>

#include "wit/bindgen/cpp_names.h"
#include "wit/bindgen/host.h"

namespace weir::wit {
namespace {

// Names that generated code uses for something else.
constexpr std::array<std::string_view, 6> kReserved = {"Bytes", "Host", "Result",
                                                       "Tag",   "Unit", "Value"};

}  // namespace

std::string host_prim(Prim prim) {
  switch (prim) {
    case Prim::boolean:
      return "bool";
    case Prim::s8:
      return "int8_t";
    case Prim::u8:
      return "uint8_t";
    case Prim::s16:
      return "int16_t";
    case Prim::u16:
      return "uint16_t";
    case Prim::s32:
      return "int32_t";
    case Prim::u32:
      return "uint32_t";
    case Prim::s64:
      return "int64_t";
    case Prim::u64:
      return "uint64_t";
    case Prim::f32:
      return "float";
    case Prim::f64:
      return "double";
    case Prim::character:
      return "char32_t";
    case Prim::string:
      return "std::string";
    case Prim::error_context:
      return "ErrorContext";
  }
  return "";
}

std::string host_type_name(const TypeDef& def) {
  std::string name = title_case(def.name);
  if (std::ranges::find(kReserved, name) != kReserved.end()) name.push_back('_');
  return name;
}

HostTypes::HostTypes(const Resolve& resolve, InterfaceId interface)
    : resolve_(resolve), interface_(interface) {
  for (const auto& [name, id] : resolve[interface].types) {
    names_.emplace(id.index, host_type_name(resolve[id]));
  }
}

TypeId HostTypes::origin(TypeId id) const {
  while (auto used = resolve_.used_type(id)) id = *used;
  return id;
}

std::string HostTypes::value(Type type) const {
  if (type.is_prim()) return host_prim(type.prim());
  const TypeDef& def = resolve_[type.id()];
  if (def.name.empty()) return shape(type);
  TypeId origin = this->origin(type.id());
  const TypeDef& source = resolve_[origin];
  std::string name = host_type_name(source);
  if (source.owner == Owner::of(interface_)) return name;
  return host_name(resolve_, source.owner.interface()) + "::" + name;
}

// What an anonymous type, or one that is known by what it is made of, is spelled as.
std::string HostTypes::shape(Type type) const {
  auto or_else = [&](std::optional<Type> t, const char* absent) {
    return t ? value(*t) : std::string(absent);
  };
  const Shape& shape = resolve_[type.id()].shape;
  if (const auto* own = std::get_if<Own>(&shape)) {
    return "std::unique_ptr<" + value(own->resource) + ">";
  }
  if (const auto* borrow = std::get_if<Borrow>(&shape)) return value(borrow->resource) + "*";
  if (const auto* option = std::get_if<Option>(&shape)) {
    return "std::optional<" + value(option->value) + ">";
  }
  if (const auto* result = std::get_if<ResultType>(&shape)) {
    return "Result<" + or_else(result->ok, "void") + ", " + or_else(result->err, "Unit") + ">";
  }
  if (const auto* list = std::get_if<List>(&shape)) {
    if (resolve_.types.root(list->element).is(Prim::u8)) return "Bytes";
    return "std::vector<" + value(list->element) + ">";
  }
  if (const auto* tuple = std::get_if<Tuple>(&shape)) {
    std::string text = "std::tuple<";
    for (size_t i = 0; i < tuple->types.size(); ++i) {
      if (i > 0) text += ", ";
      text += value(tuple->types[i]);
    }
    return text + ">";
  }
  if (const auto* alias = std::get_if<Alias>(&shape)) return value(alias->target);
  return "";
}

std::string HostTypes::parameter(Type type) const {
  Type root = resolve_.types.root(type);
  if (root.is(Prim::string)) return "std::string_view";
  if (root.is_prim()) return value(type);
  const Shape& shape = resolve_[root.id()].shape;
  if (const auto* borrow = std::get_if<Borrow>(&shape)) return value(borrow->resource) + "&";
  if (const auto* list = std::get_if<List>(&shape)) {
    if (resolve_.types.root(list->element).is(Prim::u8)) return "std::span<const uint8_t>";
  }
  return value(type);
}

bool HostTypes::comparable(Type type) const {
  if (type.is_prim()) return true;
  const Shape& shape = resolve_[type.id()].shape;
  if (const auto* list = std::get_if<List>(&shape)) {
    if (resolve_.types.root(list->element).is(Prim::u8)) return false;
  }
  if (std::holds_alternative<ResultType>(shape) || std::holds_alternative<Own>(shape) ||
      std::holds_alternative<Borrow>(shape)) {
    return false;
  }
  bool all = true;
  for_each_reference(shape, [&](Type part) { all = all && comparable(part); });
  return all;
}

std::string HostTypes::unsupported(Type type) const {
  if (type.is_prim()) return type.is(Prim::error_context) ? "error-context" : "";
  const Shape& shape = resolve_[type.id()].shape;
  if (std::holds_alternative<Stream>(shape)) return "stream";
  if (std::holds_alternative<Future>(shape)) return "future";
  if (std::holds_alternative<Map>(shape)) return "map";
  if (std::holds_alternative<FixedList>(shape)) return "list of a fixed length";
  std::string found;
  for_each_reference(shape, [&](Type part) {
    if (found.empty()) found = unsupported(part);
  });
  return found;
}

}  // namespace weir::wit
