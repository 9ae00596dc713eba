#include "wit/bindgen/c/generator.h"
#include "wit/bindgen/c/names.h"

namespace weir::wit {
namespace {

std::string stem_of(const std::string& type) { return type.substr(0, type.size() - 2); }

// What is behind a handle is not the value's own.
bool is_handle(const Shape& shape) {
  return std::holds_alternative<Own>(shape) || std::holds_alternative<Borrow>(shape) ||
         std::holds_alternative<Stream>(shape) || std::holds_alternative<Future>(shape);
}

}  // namespace

// Whether there is a function that frees the type.
bool CGenerator::has_free(Type type) const {
  if (type.is_prim()) return type.is(Prim::string);
  auto name = names_.find(type.id());
  return name != names_.end() && free_functions_.contains(name->second);
}

void CGenerator::call_free(Writer& out, Type type, const std::string& at) {
  if (has_free(type)) out.line(stem_of(name_of(type)), "_free(", at, ");");
}

// `X_free`: for every option, result, variant, list and map, whether it has something to free or
// not, and for a record, tuple or alias with such a part. Handles stay open.
void CGenerator::define_free(TypeId id) {
  const Shape& shape = resolve_[id].shape;
  bool wanted = std::holds_alternative<List>(shape) || std::holds_alternative<Map>(shape) ||
                std::holds_alternative<Variant>(shape) || std::holds_alternative<Option>(shape) ||
                std::holds_alternative<ResultType>(shape);
  bool any = false;
  if (!is_handle(shape)) {
    for_each_reference(shape, [&](Type part) { any = any || has_free(part); });
  }
  if (!wanted && !any) return;
  const std::string& name = names_.at(id);
  free_functions_.insert(name);
  helper_declarations_.line("void ", stem_of(name), "_free(", name, " *ptr);");
  Writer& out = helpers_;
  out.gap();
  out.open("void ", stem_of(name), "_free(", name, " *ptr) {");
  if (const auto* list = std::get_if<List>(&shape)) {
    free_elements(out, name_of(list->element), {{list->element, ""}});
  } else if (const auto* map = std::get_if<Map>(&shape)) {
    free_elements(out, entry_name(id), {{map->key, ".key"}, {map->value, ".value"}});
  } else if (any) {
    free_parts(out, shape);
  } else {
    out.line("(void) ptr;");
  }
  out.close("}");
}

void CGenerator::free_elements(Writer& out, const std::string& element,
                               const std::vector<std::pair<Type, std::string>>& parts) {
  out.line("if (ptr->len == 0) return;");
  bool any = false;
  for (const auto& [type, member] : parts) any = any || has_free(type);
  if (any) {
    out.open("for (size_t i = 0; i < ptr->len; i++) {");
    out.line(element, " *element = &ptr->ptr[i];");
    for (const auto& [type, member] : parts) {
      call_free(out, type, member.empty() ? "element" : "&element->" + member.substr(1));
    }
    out.close("}");
  }
  out.line("free(ptr->ptr);");
}

void CGenerator::free_parts(Writer& out, const Shape& shape) {
  auto guarded = [&](const std::string& condition, const std::optional<Type>& type,
                     const std::string& at) {
    if (!type || !has_free(*type)) return;
    out.open("if (", condition, ") {");
    call_free(out, *type, at);
    out.close("}");
  };
  if (const auto* alias = std::get_if<Alias>(&shape)) {
    call_free(out, alias->target, "ptr");
  } else if (const auto* record = std::get_if<Record>(&shape)) {
    for (const Field& field : record->fields) {
      call_free(out, field.type, "&ptr->" + c_identifier(field.name));
    }
  } else if (const auto* tuple = std::get_if<Tuple>(&shape)) {
    for (size_t i = 0; i < tuple->types.size(); ++i) {
      call_free(out, tuple->types[i], "&ptr->f" + std::to_string(i));
    }
  } else if (const auto* list = std::get_if<FixedList>(&shape)) {
    out.open("for (size_t i = 0; i < ", std::to_string(list->length), "; i++) {");
    call_free(out, list->element, "&ptr->at[i]");
    out.close("}");
  } else if (const auto* variant = std::get_if<Variant>(&shape)) {
    out.open("switch ((int32_t) ptr->tag) {");
    for (size_t i = 0; i < variant->cases.size(); ++i) {
      const Case& c = variant->cases[i];
      if (!c.type || !has_free(*c.type)) continue;
      out.open("case ", std::to_string(i), ": {");
      call_free(out, *c.type, "&ptr->val." + c_identifier(c.name));
      out.line("break;");
      out.close("}");
    }
    out.close("}");
  } else if (const auto* option = std::get_if<Option>(&shape)) {
    guarded("ptr->is_some", option->value, "&ptr->val");
  } else if (const auto* result = std::get_if<ResultType>(&shape)) {
    guarded("!ptr->is_err", result->ok, "&ptr->val.ok");
    guarded("ptr->is_err", result->err, "&ptr->val.err");
  }
}

bool CGenerator::owns_memory(Type type) {
  if (type.is_prim()) return type.is(Prim::string);
  auto known = owns_memory_.find(type.id());
  if (known != owns_memory_.end()) return known->second;
  const Shape& shape = resolve_[type.id()].shape;
  if (std::holds_alternative<List>(shape) || std::holds_alternative<Map>(shape)) return true;
  if (is_handle(shape)) return false;
  bool owns = false;
  for_each_reference(shape, [&](Type part) { owns = owns || owns_memory(part); });
  owns_memory_.emplace(type.id(), owns);
  return owns;
}

void CGenerator::free_memory(Writer& out, Locals& locals, Type type, const std::string& value) {
  if (!owns_memory(type) || !afford()) return;
  auto elements = [&](const std::string& element,
                      const std::vector<std::pair<Type, std::string>>& parts) {
    out.open("if (", dot(value, "len"), " > 0) {");
    bool any = false;
    for (const auto& [part, member] : parts) any = any || owns_memory(part);
    if (any) {
      std::string i = locals.fresh("i");
      std::string at = locals.fresh("element");
      out.open("for (size_t ", i, " = 0; ", i, " < ", dot(value, "len"), "; ", i, "++) {");
      out.line(element, " *", at, " = &", dot(value, "ptr"), "[", i, "];");
      for (const auto& [part, member] : parts)
        free_memory(out, locals, part,
                    member.empty() ? "(*" + at + ")" : at + "->" + member.substr(1));
      out.close("}");
    }
    out.line("free(", dot(value, "ptr"), ");");
    out.close("}");
  };
  auto guarded = [&](const std::string& condition, const std::optional<Type>& part,
                     const std::string& at) {
    if (!part || !owns_memory(*part)) return;
    out.open("if (", condition, ") {");
    free_memory(out, locals, *part, at);
    out.close("}");
  };
  if (type.is_prim()) {
    out.line("if (", dot(value, "len"), " > 0) free(", dot(value, "ptr"), ");");
    return;
  }
  const Shape& shape = resolve_[type.id()].shape;
  if (const auto* alias = std::get_if<Alias>(&shape)) {
    free_memory(out, locals, alias->target, value);
  } else if (const auto* list = std::get_if<List>(&shape)) {
    elements(name_of(list->element), {{list->element, ""}});
  } else if (const auto* map = std::get_if<Map>(&shape)) {
    elements(entry_name(type.id()), {{map->key, ".key"}, {map->value, ".value"}});
  } else if (const auto* record = std::get_if<Record>(&shape)) {
    for (const Field& field : record->fields) {
      free_memory(out, locals, field.type, dot(value, c_identifier(field.name)));
    }
  } else if (const auto* tuple = std::get_if<Tuple>(&shape)) {
    for (size_t i = 0; i < tuple->types.size(); ++i) {
      free_memory(out, locals, tuple->types[i], dot(value, "f" + std::to_string(i)));
    }
  } else if (const auto* fixed = std::get_if<FixedList>(&shape)) {
    std::string i = locals.fresh("i");
    out.open("for (size_t ", i, " = 0; ", i, " < ", std::to_string(fixed->length), "; ", i,
             "++) {");
    free_memory(out, locals, fixed->element, dot(value, "at[" + i + "]"));
    out.close("}");
  } else if (const auto* variant = std::get_if<Variant>(&shape)) {
    out.open("switch ((int32_t) ", dot(value, "tag"), ") {");
    for (size_t i = 0; i < variant->cases.size(); ++i) {
      const Case& c = variant->cases[i];
      if (!c.type || !owns_memory(*c.type)) continue;
      out.open("case ", std::to_string(i), ": {");
      free_memory(out, locals, *c.type, dot(value, "val." + c_identifier(c.name)));
      out.line("break;");
      out.close("}");
    }
    out.close("}");
  } else if (const auto* option = std::get_if<Option>(&shape)) {
    guarded(dot(value, "is_some"), option->value, dot(value, "val"));
  } else if (const auto* result = std::get_if<ResultType>(&shape)) {
    guarded("!" + dot(value, "is_err"), result->ok, dot(value, "val.ok"));
    guarded(dot(value, "is_err"), result->err, dot(value, "val.err"));
  }
}

}  // namespace weir::wit
