#include "wit/bindgen/c/generator.h"
#include "wit/bindgen/c/names.h"

namespace weir::wit {

const CGenerator::ResourceNames& CGenerator::resource(TypeId id) const {
  static const ResourceNames kNone{"int32_t", "int32_t", "", true};
  auto found = resources_.find(resource_root(id));
  return found == resources_.end() ? kNone : found->second;
}

void CGenerator::define_resource(TypeId id) {
  const TypeDef& def = resolve_[id];
  std::string space = space_of(id);
  std::string snake = c_snake_case(def.name);
  std::string stem = space + "_" + snake;
  ResourceNames names{space + "_own_" + snake + "_t", space + "_borrow_" + snake + "_t",
                      "__wasm_import_" + stem + "_drop", pass_.import};
  std::string module = pass_.import ? pass_.module : "[export]" + pass_.module;
  Writer& h = helper_declarations_;
  Writer& c = helpers_;

  declare_import(imports_, module, "[resource-drop]" + def.name, names.drop, {CoreType::i32}, {});
  types_.gap();
  types_.cpp_docs(def.docs);
  types_.open("typedef struct ", names.own, " {");
  types_.line("int32_t __handle;");
  types_.close("} ", names.own, ";");
  h.gap();
  h.line("extern void ", stem, "_drop_own(", names.own, " handle);");
  c.gap();
  c.open("void ", stem, "_drop_own(", names.own, " handle) {");
  c.line(names.drop, "(handle.__handle);");
  c.close("}");

  if (pass_.import) {
    types_.gap();
    types_.open("typedef struct ", names.borrow, " {");
    types_.line("int32_t __handle;");
    types_.close("} ", names.borrow, ";");
    if (!options_.autodrop_borrows) {
      // A guest drops the borrowed handles that its exports are given.
      h.line("extern void ", stem, "_drop_borrow(", names.borrow, " handle);");
      c.gap();
      c.open("void ", stem, "_drop_borrow(", names.borrow, " handle) {");
      c.line(names.drop, "(handle.__handle);");
      c.close("}");
    }
    h.line("extern ", names.borrow, " ", space, "_borrow_", snake, "(", names.own, " handle);");
    c.gap();
    c.open(names.borrow, " ", space, "_borrow_", snake, "(", names.own, " handle) {");
    c.line(names.borrow, " borrowed = {handle.__handle};");
    c.line("return borrowed;");
    c.close("}");
  } else {
    // The guest defines the struct; a borrowed handle is a pointer to it.
    std::string type = names_.at(id);
    types_.gap();
    types_.line("typedef struct ", type, " ", type, ";");
    types_.gap();
    types_.line("typedef ", type, " *", names.borrow, ";");
    h.line("extern ", names.own, " ", stem, "_new(", type, " *rep);");
    h.line("extern ", type, " *", stem, "_rep(", names.own, " handle);");
    h.line("// To be defined by the guest.");
    h.line("void ", stem, "_destructor(", type, " *rep);");
    std::string core = "__wasm_import_" + stem;
    declare_import(imports_, module, "[resource-new]" + def.name, core + "_new", {CoreType::i32},
                   {CoreType::i32});
    declare_import(imports_, module, "[resource-rep]" + def.name, core + "_rep", {CoreType::i32},
                   {CoreType::i32});
    c.gap();
    c.open(names.own, " ", stem, "_new(", type, " *rep) {");
    c.line(names.own, " made = {", core, "_new((int32_t) (uintptr_t) rep)};");
    c.line("return made;");
    c.close("}");
    c.gap();
    c.open(type, " *", stem, "_rep(", names.own, " handle) {");
    c.line("return (", type, " *) (uintptr_t) ", core, "_rep(handle.__handle);");
    c.close("}");
    c.gap();
    c.line("__attribute__((__export_name__(\"", pass_.module, "#[dtor]", def.name, "\")))");
    c.open("void __wasm_export_", stem, "_dtor(", type, " *rep) {");
    c.line(stem, "_destructor(rep);");
    c.close("}");
  }
  resources_.emplace(id, std::move(names));
}

}  // namespace weir::wit
