#include "wit/bindgen/c/generator.h"
#include "wit/bindgen/host_types.h"

namespace weir::wit {
namespace {

// `uint8_t` and so on, for a discriminant of so many cases.
std::string tag_type(size_t cases) {
  switch (discriminant_size(cases)) {
    case 1:
      return "uint8_t";
    case 2:
      return "uint16_t";
    default:
      return "uint32_t";
  }
}

std::string flags_type(size_t flags) {
  if (flags <= 8) return "uint8_t";
  return flags <= 16 ? "uint16_t" : "uint32_t";
}

const char* encoded_prim(Prim prim) {
  return prim == Prim::character ? "char32" : wit::name_of(prim);
}

}  // namespace

void CGenerator::visit(const Interface& interface) {
  for (const auto& [name, type] : interface.types) {
    visited_ = pass_.module + "#" + name;
    visit(Type(type));
  }
  for (const auto& [name, function] : interface.functions) visit(function);
}

void CGenerator::visit(const Function& function) {
  visited_ = (pass_.interface.valid() ? pass_.module + "#" : "") + function.name;
  std::string name = function_name(function);
  if (!function_names_.insert(name).second) {
    refuse("`" + visited_ + "` would be called " + name + ", as another function is");
  }
  for (const Param& param : function.params) visit(param.type);
  if (function.result) visit(*function.result);
}

// Defines a type after what it is made of, unless it is defined already.
void CGenerator::visit(Type type) {
  if (type.is(Prim::string)) needs_string_ = true;
  if (type.is(Prim::error_context)) refuse("`" + visited_ + "` uses error-context");
  if (type.is_prim() || names_.contains(type.id())) return;
  for_each_reference(resolve_[type.id()].shape, [&](Type part) { visit(part); });
  define(type.id());
}

std::string CGenerator::space_of(TypeId id) const {
  Owner owner = resolve_[id].owner;
  if (owner.kind == Owner::Kind::world) return name_;
  if (owner.kind == Owner::Kind::none || owner.interface() == pass_.interface) return pass_.space;
  WorldKey key = WorldKey::of(owner.interface());
  return interface_space(key, !pass_.import && !world_.imports.contains(key));
}

// Whether all interfaces share the type: one that is made of nothing but primitive types.
bool CGenerator::is_shared(Type type) {
  if (type.is_prim()) return true;
  if (!afford()) return false;
  const TypeDef& def = resolve_[type.id()];
  if (!def.name.empty()) return false;
  const Shape& shape = def.shape;
  bool fits = std::holds_alternative<List>(shape) || std::holds_alternative<Option>(shape) ||
              std::holds_alternative<Tuple>(shape) || std::holds_alternative<Map>(shape) ||
              std::holds_alternative<FixedList>(shape) || std::holds_alternative<Alias>(shape);
  if (fits) for_each_reference(shape, [&](Type part) { fits = fits && is_shared(part); });
  return fits;
}

std::string CGenerator::encoded_name(Type type) {
  constexpr size_t kMaxName = 4096;
  if (type.is_prim()) return encoded_prim(type.prim());
  const TypeDef& def = resolve_[type.id()];
  if (!def.name.empty()) return c_snake_case(def.name);
  auto known = encoded_.find(type.id());
  if (known != encoded_.end()) return known->second;
  auto optional = [&](const std::optional<Type>& part) {
    return part ? encoded_name(*part) : std::string("void");
  };
  std::string name = std::visit(
      [&](const auto& shape) -> std::string {
        using S = std::decay_t<decltype(shape)>;
        if constexpr (std::is_same_v<S, Alias>) {
          return encoded_name(shape.target);
        } else if constexpr (std::is_same_v<S, Tuple>) {
          std::string text = "tuple" + std::to_string(shape.types.size());
          for (Type part : shape.types) text += "_" + encoded_name(part);
          return text;
        } else if constexpr (std::is_same_v<S, List>) {
          return "list_" + encoded_name(shape.element);
        } else if constexpr (std::is_same_v<S, FixedList>) {
          return "array" + std::to_string(shape.length) + "_" + encoded_name(shape.element);
        } else if constexpr (std::is_same_v<S, Map>) {
          return "map_" + encoded_name(shape.key) + "_" + encoded_name(shape.value);
        } else if constexpr (std::is_same_v<S, Option>) {
          return "option_" + encoded_name(shape.value);
        } else if constexpr (std::is_same_v<S, ResultType>) {
          return "result_" + optional(shape.ok) + "_" + optional(shape.err);
        } else if constexpr (std::is_same_v<S, Own>) {
          return "own_" + encoded_name(Type(shape.resource));
        } else if constexpr (std::is_same_v<S, Borrow>) {
          return "borrow_" + encoded_name(Type(shape.resource));
        } else if constexpr (std::is_same_v<S, Stream>) {
          return "stream_" + optional(shape.element);
        } else if constexpr (std::is_same_v<S, Future>) {
          return "future_" + optional(shape.value);
        } else {
          return "anonymous";
        }
      },
      def.shape);
  if (name.size() > kMaxName) {
    refuse("a type of it would have a name of more than 4096 letters");
    name.resize(kMaxName);
  }
  encoded_.emplace(type.id(), name);
  return name;
}

std::string CGenerator::name_of(Type type) {
  if (!type.is_prim()) {
    auto found = names_.find(type.id());
    return found == names_.end() ? "void" : found->second;
  }
  switch (type.prim()) {
    case Prim::character:
    case Prim::error_context:
      return "uint32_t";
    case Prim::string:
      return name_ + "_string_t";
    default:
      return host_prim(type.prim());
  }
}

std::string CGenerator::entry_name(TypeId map) const {
  std::string name = names_.at(map);
  name.resize(name.size() - 2);
  return name + "_entry_t";
}

void CGenerator::define(TypeId id) {
  const TypeDef& def = resolve_[id];
  std::string encoded = encoded_name(Type(id));
  if (!def.name.empty()) {
    std::string name = space_of(id) + "_" + encoded + "_t";
    names_[id] = name;
    define_named(id, name);
    define_free(id);
    return;
  }
  bool shared = is_shared(Type(id));
  std::string name = (shared ? name_ : pass_.space) + "_" + encoded + "_t";
  names_[id] = name;
  if (shared && !shared_.insert(name).second) return;
  const Own* own = std::get_if<Own>(&def.shape);
  const Borrow* borrow = std::get_if<Borrow>(&def.shape);
  if (own || borrow) {
    const ResourceNames& names = resource(own ? own->resource : borrow->resource);
    const std::string& target = own ? names.own : names.borrow;
    if (target != name) {
      types_.gap();
      types_.line("typedef ", target, " ", name, ";");
    }
    return;
  }
  types_.gap();
  define_body(id, "", name);
  define_free(id);
}

void CGenerator::labels(const std::string& prefix, size_t index, std::string_view name,
                        const std::string& docs, std::string_view value) {
  if (index == 0) types_.gap();
  types_.cpp_docs(docs);
  types_.line("#define ", prefix, c_upper_case(name), " ", value);
}

void CGenerator::define_named(TypeId id, const std::string& name) {
  const TypeDef& def = resolve_[id];
  if (std::holds_alternative<Resource>(def.shape)) return define_resource(id);
  if (const auto* alias = std::get_if<Alias>(&def.shape)) {
    // There is no C type for a resource, only for handles to it.
    if (resolve_.types.get<Resource>(Type(id))) return;
    types_.gap();
    types_.cpp_docs(def.docs);
    types_.line("typedef ", name_of(alias->target), " ", name, ";");
    return;
  }
  types_.gap();
  types_.cpp_docs(def.docs);
  define_body(id, " " + name, name);
  std::string prefix = c_upper_case(space_of(id)) + "_" + c_upper_case(def.name) + "_";
  if (const auto* variant = std::get_if<Variant>(&def.shape)) {
    for (size_t i = 0; i < variant->cases.size(); ++i) {
      labels(prefix, i, variant->cases[i].name, variant->cases[i].docs, std::to_string(i));
    }
  } else if (const auto* e = std::get_if<Enum>(&def.shape)) {
    for (size_t i = 0; i < e->cases.size(); ++i) {
      labels(prefix, i, e->cases[i].name, e->cases[i].docs, std::to_string(i));
    }
  } else if (const auto* flags = std::get_if<Flags>(&def.shape)) {
    for (size_t i = 0; i < flags->flags.size(); ++i) {
      std::string bit = (i == 31 ? "(1u << " : "(1 << ") + std::to_string(i) + ")";
      labels(prefix, i, flags->flags[i].name, flags->flags[i].docs, bit);
    }
  }
}

// The typedef; `tag` is a blank and a struct tag, or empty.
void CGenerator::define_body(TypeId id, const std::string& tag, const std::string& name) {
  Writer& out = types_;
  auto open = [&] { out.open("typedef struct", tag, " {"); };
  auto close = [&] { out.close("} ", name, ";"); };
  auto member = [&](Type type, const std::string& member_name) {
    out.line(name_of(type), " ", member_name, ";");
  };
  std::visit(
      [&](const auto& shape) {
        using S = std::decay_t<decltype(shape)>;
        if constexpr (std::is_same_v<S, Record>) {
          open();
          for (const Field& field : shape.fields) {
            out.cpp_docs(field.docs);
            member(field.type, c_identifier(field.name));
          }
          close();
        } else if constexpr (std::is_same_v<S, Tuple>) {
          open();
          for (size_t i = 0; i < shape.types.size(); ++i) {
            member(shape.types[i], "f" + std::to_string(i));
          }
          close();
        } else if constexpr (std::is_same_v<S, Variant>) {
          open();
          out.line(tag_type(shape.cases.size()), " tag;");
          bool any = false;
          for (const Case& c : shape.cases) any = any || c.type;
          if (any) {
            out.open("union {");
            for (const Case& c : shape.cases) {
              if (c.type) member(*c.type, c_identifier(c.name));
            }
            out.close("} val;");
          }
          close();
        } else if constexpr (std::is_same_v<S, Option>) {
          open();
          out.line("bool is_some;");
          member(shape.value, "val");
          close();
        } else if constexpr (std::is_same_v<S, ResultType>) {
          open();
          out.line("bool is_err;");
          if (shape.ok || shape.err) {
            out.open("union {");
            if (shape.ok) member(*shape.ok, "ok");
            if (shape.err) member(*shape.err, "err");
            out.close("} val;");
          }
          close();
        } else if constexpr (std::is_same_v<S, List>) {
          open();
          out.line(name_of(shape.element), " *ptr;");
          out.line("size_t len;");
          close();
        } else if constexpr (std::is_same_v<S, FixedList>) {
          open();
          out.line(name_of(shape.element), " at[", std::to_string(shape.length), "];");
          close();
        } else if constexpr (std::is_same_v<S, Map>) {
          out.open("typedef struct {");
          member(shape.key, "key");
          member(shape.value, "value");
          out.close("} ", entry_name(id), ";");
          out.gap();
          open();
          out.line(entry_name(id), " *ptr;");
          out.line("size_t len;");
          close();
        } else if constexpr (std::is_same_v<S, Enum>) {
          out.line("typedef ", tag_type(shape.cases.size()), " ", name, ";");
        } else if constexpr (std::is_same_v<S, Flags>) {
          out.line("typedef ", flags_type(shape.flags.size()), " ", name, ";");
        } else if constexpr (std::is_same_v<S, Stream> || std::is_same_v<S, Future>) {
          out.line("typedef uint32_t ", name, ";");
        } else if constexpr (std::is_same_v<S, Own> || std::is_same_v<S, Borrow>) {
          const ResourceNames& names = resource(shape.resource);
          out.line("typedef ", std::is_same_v<S, Own> ? names.own : names.borrow, " ", name, ";");
        }
      },
      resolve_[id].shape);
}

}  // namespace weir::wit
