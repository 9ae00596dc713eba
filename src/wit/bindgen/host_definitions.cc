#include <algorithm>

#include "wit/bindgen/cpp_names.h"
#include "wit/bindgen/host_writer.h"
#include "wit/type_layout.h"

namespace weir::wit {
namespace {

// A case without a payload holds nothing.
std::string payload(const HostTypes& types, const Case& c) {
  return c.type ? types.value(*c.type) : "Unit";
}

std::string number(uint64_t n) { return std::to_string(n); }

void name_list(Writer& out, const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    if (!list.empty()) list += ", ";
    list += "\"" + name + "\"";
  }
  out.line("static constexpr std::array<std::string_view, ", number(names.size()), "> names = {",
           list, "};");
}

template <class Items>
std::vector<std::string> names_of(const Items& items) {
  std::vector<std::string> names;
  for (const auto& item : items) names.push_back(item.name);
  return names;
}

}  // namespace

void HostWriter::definition(Writer& out, TypeId id) {
  const TypeDef& def = resolve_[id];
  const std::string& name = types_.name(id);
  out.cpp_docs(def.docs);
  if (const auto* record = std::get_if<Record>(&def.shape)) {
    this->record(out, name, *record);
  } else if (const auto* variant = std::get_if<Variant>(&def.shape)) {
    this->variant(out, name, *variant);
  } else if (const auto* e = std::get_if<Enum>(&def.shape)) {
    enumeration(out, name, *e);
  } else if (const auto* flags = std::get_if<Flags>(&def.shape)) {
    this->flags(out, name, *flags);
  } else if (std::holds_alternative<Resource>(def.shape)) {
    out.line("class ", name, ";");
  } else if (TypeId origin = types_.origin(id); origin != id) {
    out.line("using ", name, " = ", types_.value(origin), ";");
  } else if (const auto* alias = std::get_if<Alias>(&def.shape)) {
    out.line("using ", name, " = ", types_.value(alias->target), ";");
  } else {
    out.line("using ", name, " = ", types_.shape(id), ";");
  }
}

void HostWriter::record(Writer& out, const std::string& name, const Record& record) {
  out.open("struct ", name, " {");
  bool comparable = true;
  for (const Field& field : record.fields) {
    out.cpp_docs(field.docs);
    bool scalar = resolve_.types.root(field.type).is_prim() &&
                  !resolve_.types.root(field.type).is(Prim::string);
    out.line(types_.value(field.type), " ", snake_case(field.name), scalar ? "{};" : ";");
    comparable = comparable && types_.comparable(field.type);
  }
  if (comparable) {
    out.gap();
    out.line("friend bool operator==(const ", name, "&, const ", name, "&) = default;");
  }
  out.close("};");
}

// What the cases are called in C++; the members of the struct keep their names.
std::vector<std::string> HostWriter::case_names(const Variant& variant) const {
  std::vector<std::string> taken = {"value", "tag"};
  std::vector<std::string> names;
  for (const Case& c : variant.cases) names.push_back(unique(snake_case(c.name), taken));
  return names;
}

void HostWriter::variant(Writer& out, const std::string& name, const Variant& variant) {
  std::vector<std::string> names = case_names(variant);
  out.open("struct ", name, " {");
  out.open("enum class Tag : uint32_t {");
  for (size_t i = 0; i < names.size(); ++i) {
    out.cpp_docs(variant.cases[i].docs);
    out.line(names[i], ",");
  }
  out.close("};");
  std::string alternatives;
  bool comparable = true;
  for (const Case& c : variant.cases) {
    if (!alternatives.empty()) alternatives += ", ";
    alternatives += payload(types_, c);
    comparable = comparable && (!c.type || types_.comparable(*c.type));
  }
  out.line("using Value = std::variant<", alternatives, ">;");
  out.gap();
  out.line("Value value;");
  out.gap();
  out.line("Tag tag() const { return static_cast<Tag>(value.index()); }");
  bool out_of_line = holds_own(variant);
  for (size_t i = 0; i < names.size(); ++i) {
    const Case& c = variant.cases[i];
    std::string type = c.type ? types_.value(*c.type) : "";
    std::string head =
        "static " + name + " " + names[i] + "(" + (c.type ? type + " payload)" : ")");
    std::string made = "{ return {Value(std::in_place_index<" + number(i) + ">" +
                       (c.type ? ", std::move(payload))}; }" : ")}; }");
    if (out_of_line) {
      out.line(head, ";");
    } else {
      out.line(head, " ", made);
    }
    if (!c.type) continue;
    std::string_view bare = names[i];
    if (bare.ends_with('_')) bare.remove_suffix(1);
    out.line("const ", type, "& get_", bare, "() const { return std::get<", number(i),
             ">(value); }");
  }
  if (comparable) {
    out.gap();
    out.line("friend bool operator==(const ", name, "&, const ", name, "&) = default;");
  }
  out.close("};");
}

// The factories of variants that need complete resource classes.
void HostWriter::variant_factories(Writer& out) {
  for (const auto& [unused, id] : interface_.types) {
    const auto* variant = std::get_if<Variant>(&resolve_[id].shape);
    if (!variant || !holds_own(*variant)) continue;
    const std::string& name = types_.name(id);
    std::vector<std::string> names = case_names(*variant);
    for (size_t i = 0; i < names.size(); ++i) {
      const Case& c = variant->cases[i];
      out.gap();
      out.open(name, " ", name, "::", names[i], "(",
               c.type ? types_.value(*c.type) + " payload" : "", ") {");
      out.line("return {Value(std::in_place_index<", number(i), ">",
               c.type ? ", std::move(payload)" : "", ")};");
      out.close("}");
    }
  }
}

void HostWriter::enumeration(Writer& out, const std::string& name, const Enum& e) {
  uint32_t bits = 8 * discriminant_size(e.cases.size());
  out.open("enum class ", name, " : uint", number(bits), "_t {");
  std::vector<std::string> taken;
  for (const Label& label : e.cases) {
    out.cpp_docs(label.docs);
    out.line(unique(snake_case(label.name), taken), ",");
  }
  out.close("};");
}

void HostWriter::flags(Writer& out, const std::string& name, const Flags& flags) {
  out.open("struct ", name, " {");
  std::vector<std::string> taken = {"bits", "has"};
  for (size_t i = 0; i < flags.flags.size(); ++i) {
    out.cpp_docs(flags.flags[i].docs);
    out.line("static constexpr uint32_t ", unique(snake_case(flags.flags[i].name), taken),
             " = 1u << ", number(i), ";");
  }
  out.gap();
  out.line("uint32_t bits = 0;");
  out.gap();
  out.line("bool has(uint32_t flag) const { return (bits & flag) != 0; }");
  out.line("friend bool operator==(const ", name, "&, const ", name, "&) = default;");
  out.close("};");
}

bool HostWriter::has_trait(TypeId id) const {
  const Shape& shape = resolve_[id].shape;
  return std::holds_alternative<Record>(shape) || std::holds_alternative<Variant>(shape) ||
         std::holds_alternative<Enum>(shape) || std::holds_alternative<Flags>(shape);
}

// What the templates of component/host/ need to know of each type.
void HostWriter::traits(Writer& out) {
  begin_namespace(out, "weir::component");
  for (const auto& [unused, id] : interface_.types) {
    if (!has_trait(id)) continue;
    out.gap();
    trait(out, id);
  }
  out.gap();
  end_namespace(out, "weir::component");
}

void HostWriter::trait(Writer& out, TypeId id) {
  const Shape& shape = resolve_[id].shape;
  std::string type = "::" + space_ + "::" + types_.name(id);
  auto open = [&](const char* kind) {
    out.line("template <>");
    out.open("struct ", kind, "<", type, "> {");
  };
  if (const auto* record = std::get_if<Record>(&shape)) {
    open("RecordOf");
    std::string members;
    for (const Field& field : record->fields) {
      if (!members.empty()) members += ", ";
      members += "&" + type + "::" + snake_case(field.name);
    }
    out.line("static constexpr auto members = std::make_tuple(", members, ");");
    name_list(out, names_of(record->fields));
  } else if (const auto* variant = std::get_if<Variant>(&shape)) {
    open("VariantOf");
    name_list(out, names_of(variant->cases));
  } else if (const auto* e = std::get_if<Enum>(&shape)) {
    open("EnumOf");
    out.line("static constexpr uint32_t count = ", number(e->cases.size()), ";");
    name_list(out, names_of(e->cases));
  } else {
    const Flags& flags = std::get<Flags>(shape);
    open("FlagsOf");
    out.line("static constexpr uint32_t count = ", number(flags.flags.size()), ";");
    name_list(out, names_of(flags.flags));
  }
  out.close("};");
}

// The templates and src/wit compute layouts independently; here they check each other.
void HostWriter::layout_assertions(Writer& out) {
  TypeLayouts layouts(resolve_.types);
  bool first = true;
  for (const auto& [unused, id] : interface_.types) {
    if (!has_trait(id)) continue;
    if (std::exchange(first, false)) out.gap();
    Layout layout = layouts.of(id).layout;
    const std::string& name = types_.name(id);
    out.line("static_assert(component::Abi<", name, ">::size == ", number(layout.size),
             " && component::Abi<", name, ">::align == ", number(layout.align), ");");
  }
}

}  // namespace weir::wit
