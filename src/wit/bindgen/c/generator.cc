#include "wit/bindgen/c/generator.h"

#include "wit/bindgen/c/names.h"
#include "wit/bindgen/c/object.h"
#include "wit/bindgen/own_interfaces.h"

namespace weir::wit {

std::string Locals::fresh(std::string_view name) {
  std::string made(name);
  for (uint32_t i = 1; !taken_.insert(made).second; ++i) {
    made = std::string(name) + std::to_string(i);
  }
  return made;
}

std::string component_type_symbol(std::string_view world_name) {
  return "__component_type_object_force_link_" + c_snake_case(world_name);
}

Result<CBindings> generate_c(const Resolve& resolve, WorldId world, const COptions& options) {
  WEIR_TRY(check_renames(resolve, world, options.renames));
  for (const auto& [interface, name] : options.renames) {
    if (is_c_name(name)) continue;
    return Err(Error{"--rename: `" + name + "` cannot be part of a name in C"});
  }
  std::optional<Resolve> own = with_own_interfaces(resolve, world);
  CBindings bindings = WEIR_TRY(CGenerator(own ? *own : resolve, world, options).run());
  bindings.object = component_type_object(
      resolve, world, options.world_name.empty() ? resolve[world].name : options.world_name,
      options.encoding);
  return bindings;
}

CGenerator::CGenerator(const Resolve& resolve, WorldId world, const COptions& options)
    : resolve_(resolve),
      world_(resolve[world]),
      options_(options),
      layouts_(resolve.types),
      name_(c_snake_case(options.world_name.empty() ? world_.name : options.world_name)) {}

bool CGenerator::is_async(const Function& function) const {
  if (!function.async) return false;
  std::string name = function.name;
  if (pass_.interface.valid()) name = pass_.module + "#" + name;
  const auto& sync = options_.sync;
  return !sync.contains("all") && !sync.contains(name) &&
         !sync.contains((pass_.import ? "import:" : "export:") + name);
}

void CGenerator::refuse(std::string what) {
  if (!refused_) refused_ = std::move(what);
}

bool CGenerator::afford() {
  constexpr uint32_t kMaxSteps = 1'000'000;
  if (steps_ > kMaxSteps) refuse("its types have too many parts");
  return ++steps_ <= kMaxSteps;
}

std::string CGenerator::interface_space(const WorldKey& key, bool exported) const {
  // `wit-bindgen` gives plain names no prefix; only those that are imported, too, need one.
  bool prefixed = exported && (key.is_interface() || world_.imports.contains(key));
  std::string space = prefixed ? "exports_" : "";
  auto renamed = options_.renames.find(resolve_.name_of(key));
  if (renamed != options_.renames.end()) return space + renamed->second;
  if (!key.is_interface()) return space + c_snake_case(key.name);
  const Interface& interface = resolve_[key.interface];
  const PackageName& package = resolve_[interface.package].name;
  space += c_snake_case(package.space) + "_" + c_snake_case(package.name) + "_";
  for (const Package& other : resolve_.packages) {
    bool sibling = other.name.space == package.space && other.name.name == package.name &&
                   other.name.version != package.version;
    if (!sibling || !package.version) continue;
    for (char c : to_string(*package.version)) {
      space.push_back(c == '.' || c == '-' || c == '+' ? '_' : c);
    }
    space.push_back('_');
    break;
  }
  return space + c_snake_case(interface.name);
}

void CGenerator::function_headline(std::string_view verb, std::string_view name) {
  std::string line = "// " + std::string(verb) + " functions of `" + std::string(name) + "`";
  functions_.gap();
  functions_.line(line);
  adapters_.gap();
  adapters_.line(line);
}

void CGenerator::import_interface(const WorldKey& key, InterfaceId id) {
  std::string space = interface_space(key, false);
  begin({id, true, space, resolve_.name_of(key), "", space});
  const Interface& interface = resolve_[id];
  visit(interface);
  if (interface.functions.empty()) return;
  function_headline("Imported", resolve_.name_of(key));
  for (const auto& [name, function] : interface.functions) import_function(function);
}

void CGenerator::export_interface(const WorldKey& key, InterfaceId id) {
  std::string space = interface_space(key, true);
  std::string module = resolve_.name_of(key);
  begin({id, false, space, module, module + "#", space});
  const Interface& interface = resolve_[id];
  visit(interface);
  if (interface.functions.empty()) return;
  function_headline("Exported", module);
  for (const auto& [name, function] : interface.functions) export_function(function);
}

void CGenerator::world_functions(bool import) {
  begin({{}, import, name_, "$root", "", import ? name_ : "exports_" + name_});
  const WorldItems& items = import ? world_.imports : world_.exports;
  bool any = false;
  for (const auto& [key, item] : items) {
    if (const auto* function = std::get_if<Function>(&item)) {
      visit(*function);
      any = true;
    }
  }
  if (!any) return;
  function_headline(import ? "Imported" : "Exported", world_.name);
  for (const auto& [key, item] : items) {
    const auto* function = std::get_if<Function>(&item);
    if (!function) continue;
    if (import) {
      import_function(*function);
    } else {
      export_function(*function);
    }
  }
}

// An interface that is both imported and exported has types of its own on each side. What exported
// interfaces use of imported ones stays.
void CGenerator::forget_types_of_exports() {
  std::set<InterfaceId> exported;
  std::set<TypeId> live;
  std::vector<TypeId> open;
  auto reach = [&](Type type) {
    if (!type.is_prim()) open.push_back(type.id());
  };
  auto reach_interface = [&](InterfaceId id) {
    for (const auto& [name, type] : resolve_[id].types) reach(Type(type));
    for (const auto& [name, function] : resolve_[id].functions) {
      for (const Param& param : function.params) reach(param.type);
      if (function.result) reach(*function.result);
    }
  };
  auto close = [&] {
    while (!open.empty()) {
      TypeId id = open.back();
      open.pop_back();
      if (!live.insert(id).second) continue;
      for_each_reference(resolve_[id].shape, reach);
    }
  };
  for (const auto& [key, item] : world_.exports) {
    if (const auto* interface = std::get_if<WorldInterface>(&item)) {
      exported.insert(interface->id);
      reach_interface(interface->id);
    }
  }
  close();
  std::set<InterfaceId> used;
  for (TypeId id : live) {
    Owner owner = resolve_[id].owner;
    if (owner.kind == Owner::Kind::interface && !exported.contains(owner.interface())) {
      used.insert(owner.interface());
    }
  }
  live.clear();
  for (InterfaceId id : used) reach_interface(id);
  close();
  std::erase_if(names_, [&](const auto& entry) { return !live.contains(entry.first); });
  std::erase_if(resources_, [&](const auto& entry) { return !live.contains(entry.first); });
}

Result<CBindings> CGenerator::run() {
  if (options_.encoding == StringEncoding::latin1_utf16)
    refuse("its strings would be latin1+utf16");
  for (const auto& [key, item] : world_.imports) {
    if (const auto* interface = std::get_if<WorldInterface>(&item)) {
      import_interface(key, interface->id);
    }
  }
  begin({{}, true, name_, "$root", "", name_});
  for (const auto& [key, item] : world_.imports) {
    if (const auto* type = std::get_if<WorldType>(&item)) visit(Type(type->id));
  }
  world_functions(true);
  world_functions(false);
  forget_types_of_exports();
  for (const auto& [key, item] : world_.exports) {
    if (const auto* interface = std::get_if<WorldInterface>(&item)) {
      export_interface(key, interface->id);
    }
  }
  if (refused_)
    return Err(Error{"the world `" + world_.name + "` has no C bindings: " + *refused_});
  if (needs_string_) string_helpers();
  if (needs_async_ || !streams_.empty()) async_helpers();
  return CBindings{name_, header(), source(), {}};
}

void CGenerator::string_helpers() {
  std::string string = name_ + "_string";
  std::string type = string + "_t";
  std::string c_string = utf16() ? "const char16_t *s" : "const char *s";
  std::string size = utf16() ? "2" : "1";
  std::string bytes = utf16() ? "len * 2" : "len";
  std::string length = utf16() ? string + "_len(s)" : "strlen(s)";
  Writer& h = helper_declarations_;
  if (utf16()) {
    h.gap();
    h.line("// The number of code units of the zero-terminated `s`.");
    h.line("size_t ", string, "_len(", c_string, ");");
  }
  h.gap();
  h.line("// Makes `ret` refer to the zero-terminated `s`, without a copy.");
  h.line("void ", string, "_set(", type, " *ret, ", c_string, ");");
  h.gap();
  h.line("// Makes `ret` a copy of the zero-terminated `s`.");
  h.line("void ", string, "_dup(", type, " *ret, ", c_string, ");");
  h.gap();
  h.line("// Makes `ret` a copy of the `len` ", utf16() ? "code units" : "bytes", " at `s`.");
  h.line("void ", string, "_dup_n(", type, " *ret, ", c_string, ", size_t len);");
  h.gap();
  h.line("// Frees the bytes of `ret` and makes it empty.");
  h.line("void ", string, "_free(", type, " *ret);");

  Writer& c = helpers_;
  if (utf16()) {
    c.gap();
    c.open("size_t ", string, "_len(", c_string, ") {");
    c.line("size_t len = 0;");
    c.line("while (s[len] != 0) len++;");
    c.line("return len;");
    c.close("}");
  }
  c.gap();
  c.open("void ", string, "_set(", type, " *ret, ", c_string, ") {");
  c.line("ret->ptr = (", unit(), " *) s;");
  c.line("ret->len = ", length, ";");
  c.close("}");
  c.gap();
  c.open("void ", string, "_dup(", type, " *ret, ", c_string, ") {");
  c.line(string, "_dup_n(ret, s, ", length, ");");
  c.close("}");
  c.gap();
  c.open("void ", string, "_dup_n(", type, " *ret, ", c_string, ", size_t len) {");
  c.line("ret->len = len;");
  c.line("ret->ptr = (", unit(), " *) cabi_realloc(NULL, 0, ", size, ", ", bytes, ");");
  c.line("memcpy(ret->ptr, s, ", bytes, ");");
  c.close("}");
  c.gap();
  c.open("void ", string, "_free(", type, " *ret) {");
  c.line("if (ret->len > 0) free(ret->ptr);");
  c.line("ret->ptr = NULL;");
  c.line("ret->len = 0;");
  c.close("}");
}

std::string CGenerator::header() const {
  std::string guard = "__BINDINGS_" + c_upper_case(name_) + "_H";
  Writer out(4);
  out.line("// Bindings of the world `", world_.name,
           "`, generated by `weir bindgen c`. Do not edit.");
  out.line("#ifndef ", guard);
  out.line("#define ", guard);
  out.line("#ifdef __cplusplus");
  out.line("extern \"C\" {");
  out.line("#endif");
  out.line();
  out.line("#include <stdint.h>");
  out.line("#include <stdbool.h>");
  out.line("#include <stddef.h>");
  if (needs_string_ && utf16()) out.line("#include <uchar.h>");
  if (needs_string_) {
    out.line();
    out.open("typedef struct ", name_, "_string_t {");
    out.line(unit(), " *ptr;");
    out.line("size_t len;");
    out.close("} ", name_, "_string_t;");
  }
  std::string text = out.take();
  auto part = [&](std::string_view title, const Writer& writer) {
    if (writer.text().empty()) return;
    if (!title.empty()) text += "\n// " + std::string(title) + "\n";
    if (writer.text().front() != '\n') text += "\n";
    text += writer.text();
  };
  part("Tasks and what they wait for", async_declarations_);
  part("", types_);
  part("", functions_);
  part("Helper functions", helper_declarations_);
  text += "\n#ifdef __cplusplus\n}\n#endif\n#endif\n";
  return text;
}

std::string CGenerator::source() const {
  Writer out(4);
  out.line("// Bindings of the world `", world_.name,
           "`, generated by `weir bindgen c`. Do not edit.");
  out.line("#include \"", name_, ".h\"");
  out.line("#include <stdlib.h>");
  out.line("#include <string.h>");
  out.line();
  out.line("#ifdef __cplusplus");
  out.line("extern \"C\" {");
  out.line("#endif");
  if (!imports_.text().empty()) {
    out.line();
    out.line("// Imported core functions");
  }
  std::string text = out.take() + imports_.text();
  Writer tail(4);
  tail.line();
  tail.line("// Allocation, for the host; another definition takes its place");
  tail.line();
  tail.line("__attribute__((__weak__, __export_name__(\"cabi_realloc\")))");
  tail.open("void *cabi_realloc(void *ptr, size_t old_size, size_t align, size_t new_size) {");
  tail.line("(void) old_size;");
  tail.line("if (new_size == 0) return (void *) align;");
  tail.line("void *ret = realloc(ptr, new_size);");
  tail.line("if (!ret) abort();");
  tail.line("return ret;");
  tail.close("}");
  for (const std::string& name : bits_) {
    bool wide = name.find("64") != std::string::npos;
    std::string integer = wide ? "int64_t" : "int32_t";
    std::string number = wide ? "double" : "float";
    bool to_integer = name.starts_with("bits_of");
    tail.line();
    tail.open("static inline ", to_integer ? integer : number, " ", name, "(",
              to_integer ? number : integer, " from) {");
    tail.line(to_integer ? integer : number, " to;");
    tail.line("memcpy(&to, &from, sizeof to);");
    tail.line("return to;");
    tail.close("}");
  }
  text += tail.text();
  auto part = [&](std::string_view title, const Writer& writer) {
    if (writer.text().empty()) return;
    if (!title.empty()) text += "\n// " + std::string(title) + "\n";
    if (writer.text().front() != '\n') text += "\n";
    text += writer.text();
  };
  part("Helper functions", helpers_);
  part("", adapters_);
  std::string symbol = component_type_symbol(name_);
  Writer link(4);
  link.line();
  link.line("// Takes ", name_, "_component_type.o into the link");
  link.line();
  link.line("extern void ", symbol, "(void);");
  link.line();
  link.line("__attribute__((used))");
  link.open("void ", symbol, "_public_use_in_this_compilation_unit(void) {");
  link.line(symbol, "();");
  link.close("}");
  link.line();
  link.line("#ifdef __cplusplus");
  link.line("}");
  link.line("#endif");
  return text + link.text();
}

}  // namespace weir::wit
