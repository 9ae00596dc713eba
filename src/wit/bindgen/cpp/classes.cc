#include "wit/bindgen/cpp/generator.h"

namespace weir::wit {

void CppGenerator::imported_class(Writer& out, const Space& space, TypeId id) {
  const std::string& name = type_names_[id];
  out.gap();
  out.cpp_docs(resolve_[id].docs);
  out.open("class ", name, " : public wit::resource<", name, "> {");
  out.label("public:");
  out.line("using resource::resource;");
  for (const Function* function : space.functions) {
    if (function->kind == Function::Kind::freestanding || function->resource != id) continue;
    Declared made = declared(space, *function);
    out.gap();
    out.cpp_docs(function->docs);
    std::string prefix;
    if (function->kind == Function::Kind::static_) prefix = "static ";
    if (function->kind == Function::Kind::constructor) {
      prefix = !made.result.empty() ? "static " : made.params.size() == 1 ? "explicit " : "";
    }
    out.line(prefix, text_of(made, ""), function->kind == Function::Kind::method ? " const;" : ";");
  }
  out.gap();
  out.line("// For wit::resource.");
  out.line("static void wit_drop(wit::raw_handle handle);");
  out.close("};");
}

void CppGenerator::imported_class_body(Writer& out, const Space& space, TypeId id) {
  const std::string& name = resolve_[id].name;
  std::string drop = symbol("import", space, name + "-drop");
  declare_import(space.module, "[resource-drop]" + name, "void " + drop + "(int32_t)");
  out.gap();
  out.line("void ", type_names_[id], "::wit_drop(wit::raw_handle handle) { ", drop,
           "(handle.index); }");
}

void CppGenerator::exported_class(Writer& out, const Space& space, TypeId id) {
  const std::string& name = type_names_[id];
  out.gap();
  out.cpp_docs(resolve_[id].docs);
  out.line("// To be derived from; the static functions are to be defined.");
  out.open("class ", name, " {");
  out.label("public:");
  out.line("virtual ~", name, "() = default;");
  for (const Function* function : space.functions) {
    if (function->kind == Function::Kind::freestanding || function->resource != id) continue;
    bool method = function->kind == Function::Kind::method;
    out.gap();
    out.cpp_docs(function->docs);
    out.line(method ? "virtual " : "static ", text_of(declared(space, *function), ""),
             method ? " = 0;" : ";");
  }
  out.gap();
  out.line("// For wit::own.");
  out.line("static wit::raw_handle wit_new(", name, "* object);");
  out.line("static ", name, "* wit_rep(wit::raw_handle handle);");
  out.line("static void wit_drop(wit::raw_handle handle);");
  out.close("};");
}

void CppGenerator::exported_class_body(Writer& out, const Space& space, TypeId id) {
  const std::string& name = resolve_[id].name;
  const std::string& type = type_names_[id];
  std::string module = "[export]" + space.module;
  std::string make = symbol("import", space, name + "-new");
  std::string rep = symbol("import", space, name + "-rep");
  std::string drop = symbol("import", space, name + "-drop");
  declare_import(module, "[resource-new]" + name, "int32_t " + make + "(void*)");
  declare_import(module, "[resource-rep]" + name, "void* " + rep + "(int32_t)");
  declare_import(module, "[resource-drop]" + name, "void " + drop + "(int32_t)");
  out.gap();
  out.line("wit::raw_handle ", type, "::wit_new(", type, "* object) { return wit::raw_handle(",
           make, "(object)); }");
  out.line(type, "* ", type, "::wit_rep(wit::raw_handle handle) { return static_cast<", type, "*>(",
           rep, "(handle.index)); }");
  out.line("void ", type, "::wit_drop(wit::raw_handle handle) { ", drop, "(handle.index); }");
  exports_.gap();
  exports_.line("extern \"C\" __attribute__((__export_name__(\"", space.module, "#[dtor]", name,
                "\")))");
  exports_.line("void ", symbol("export", space, name + "-dtor"), "(::", space.name, "::", type,
                "* object) { delete object; }");
}

}  // namespace weir::wit
