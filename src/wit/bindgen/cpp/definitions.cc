#include "wit/bindgen/cpp/generator.h"
#include "wit/bindgen/cpp_names.h"
#include "wit/layout.h"

namespace weir::wit {
namespace {

std::string unsigned_of(uint32_t bytes) { return "uint" + std::to_string(8 * bytes) + "_t"; }

}  // namespace

// Names first, then what needs none of the others' insides, then classes, then structs.
void CppGenerator::declare_types(Writer& out, const Space& space) {
  for (TypeId id : space.types) {
    const Shape& shape = resolve_[id].shape;
    if (std::holds_alternative<Resource>(shape)) out.line("class ", type_names_[id], ";");
    if (std::holds_alternative<Record>(shape) || std::holds_alternative<Variant>(shape)) {
      out.line("struct ", type_names_[id], ";");
    }
  }
  bool flags = false;
  for (TypeId id : space.types) {
    const Shape& shape = resolve_[id].shape;
    if (std::holds_alternative<Enum>(shape)) define_enum(out, id);
    if (std::holds_alternative<Flags>(shape)) {
      if (!flags) {
        out.gap();
        for (const char* name : {"|", "&", "^", "|=", "&=", "^="}) {
          out.line("using wit::operator", name, ";");
        }
        out.line("using wit::contains;");
      }
      flags = true;
      define_flags(out, id);
    }
  }
  for (TypeId id : space.types) {
    const TypeDef& def = resolve_[id];
    bool defined =
        std::holds_alternative<Resource>(def.shape) || std::holds_alternative<Record>(def.shape) ||
        std::holds_alternative<Variant>(def.shape) || std::holds_alternative<Enum>(def.shape) ||
        std::holds_alternative<Flags>(def.shape);
    if (defined) continue;
    if (!def.docs.empty()) out.gap();
    out.cpp_docs(def.docs);
    out.line("using ", type_names_[id], " = ", shape(id, space.exported), ";");
  }
}

void CppGenerator::define_types(Writer& out, const Space& space) {
  for (TypeId id : space.types) {
    if (!std::holds_alternative<Resource>(resolve_[id].shape)) continue;
    if (space.exported) {
      exported_class(out, space, id);
    } else {
      imported_class(out, space, id);
    }
  }
  for (TypeId id : space.types) {
    const Shape& shape = resolve_[id].shape;
    if (std::holds_alternative<Record>(shape)) define_record(out, id, space.exported);
    if (std::holds_alternative<Variant>(shape)) define_variant(out, id, space.exported);
  }
}

void CppGenerator::define_enum(Writer& out, TypeId id) {
  const auto& shape = std::get<Enum>(resolve_[id].shape);
  out.gap();
  out.cpp_docs(resolve_[id].docs);
  out.open("enum class ", type_names_[id], " : ",
           unsigned_of(discriminant_size(shape.cases.size())), " {");
  std::set<std::string> taken;
  for (const Label& label : shape.cases) {
    out.cpp_docs(label.docs);
    out.line(unique_name(snake_case(label.name), taken), ",");
  }
  out.close("};");
}

void CppGenerator::define_flags(Writer& out, TypeId id) {
  const auto& shape = std::get<Flags>(resolve_[id].shape);
  const std::string& name = type_names_[id];
  out.gap();
  out.cpp_docs(resolve_[id].docs);
  out.open("enum class ", name, " : ",
           unsigned_of(static_cast<uint32_t>(flags_shape(shape.flags.size()).layout.size)), " {");
  std::set<std::string> taken;
  for (size_t i = 0; i < shape.flags.size(); ++i) {
    out.cpp_docs(shape.flags[i].docs);
    out.line(unique_name(snake_case(shape.flags[i].name), taken), " = 1u << ", std::to_string(i),
             ",");
  }
  out.close("};");
  out.line("void wit_is_flags(", name, ");");
}

void CppGenerator::define_record(Writer& out, TypeId id, bool exported) {
  const auto& shape = std::get<Record>(resolve_[id].shape);
  const std::string& name = type_names_[id];
  out.gap();
  out.cpp_docs(resolve_[id].docs);
  out.open("struct ", name, " {");
  for (size_t i = 0; i < shape.fields.size(); ++i) {
    const Field& field = shape.fields[i];
    if (i > 0 && !field.docs.empty()) out.gap();
    out.cpp_docs(field.docs);
    Type root = this->root({field.type, exported}).type;
    bool number = root.is_prim() ? !root.is(Prim::string)
                                 : std::holds_alternative<Enum>(resolve_[root.id()].shape) ||
                                       std::holds_alternative<Flags>(resolve_[root.id()].shape);
    out.line(value({field.type, exported}), " ", field_names(id)[i], number ? "{};" : ";");
  }
  if (comparable(Type(id))) {
    out.gap();
    out.line("bool operator==(const ", name, "&) const = default;");
  }
  out.close("};");
}

std::vector<std::string> CppGenerator::field_names(TypeId id) const {
  std::set<std::string> taken;
  std::vector<std::string> names;
  for (const Field& field : std::get<Record>(resolve_[id].shape).fields) {
    names.push_back(unique_name(snake_case(field.name), taken));
  }
  return names;
}

void CppGenerator::define_variant(Writer& out, TypeId id, bool exported) {
  const auto& shape = std::get<Variant>(resolve_[id].shape);
  const std::string& name = type_names_[id];
  out.gap();
  out.cpp_docs(resolve_[id].docs);
  out.open("struct ", name, " : wit::variant_of<", name, "> {");
  // The structs of the cases hide types of the namespace.
  std::string here = std::exchange(here_, "");
  std::set<std::string> taken{name};
  std::string cases;
  for (size_t i = 0; i < shape.cases.size(); ++i) {
    const Case& c = shape.cases[i];
    std::string case_name = unique_name(title_case(c.name), taken);
    cases += (i == 0 ? "" : ", ") + case_name;
    std::string equal = !c.type || comparable(*c.type)
                            ? "bool operator==(const " + case_name + "&) const = default;"
                            : "";
    if (i > 0 && !c.docs.empty()) out.gap();
    out.cpp_docs(c.docs);
    out.open("struct ", case_name, " {");
    if (c.type) out.line(value({*c.type, exported}), " value;");
    if (!equal.empty()) out.line(equal);
    out.close("};");
  }
  here_ = std::move(here);
  out.gap();
  out.line("using cases = std::variant<", cases, ">;");
  out.line("cases value;");
  out.gap();
  out.line("template <class Case>");
  out.line("  requires wit::is_case<Case, cases>");
  out.line(name, "(Case one) : value(std::move(one)) {}");
  if (comparable(Type(id))) {
    out.gap();
    out.line("bool operator==(const ", name, "&) const = default;");
  }
  out.close("};");
}

// What wit_abi.hpp needs to know of the structs.
void CppGenerator::describe_layouts(Writer& out) {
  bool any = false;
  for (const Space& space : spaces_) {
    for (TypeId id : space.types) {
      const Shape& shape = resolve_[id].shape;
      bool record = std::holds_alternative<Record>(shape);
      if (!record && !std::holds_alternative<Variant>(shape)) continue;
      if (!any) out.line("namespace wit::detail {");
      any = true;
      out.gap();
      std::string name = "::" + space.name + "::" + type_names_[id];
      out.line("template <>");
      if (!record) {
        out.line("struct abi<", name, "> : variant_abi<", name, "> {};");
        continue;
      }
      std::string members;
      for (const std::string& field : field_names(id)) members += ", &" + name + "::" + field;
      out.line("struct abi<", name, "> : record_abi<", name, members, "> {};");
    }
  }
  if (!any) return;
  out.gap();
  out.line("}  // namespace wit::detail");
}

}  // namespace weir::wit
