#include <algorithm>

#include "wit/bindgen/cpp_names.h"
#include "wit/bindgen/host_writer.h"

namespace weir::wit {

void HostWriter::find_methods() {
  std::vector<std::string> taken;
  for (const auto& [unused, function] : interface_.functions) {
    Method method{.function = &function};
    std::string kebab(function.item_name());
    if (function.kind == Function::Kind::constructor) {
      kebab = "make-" + kebab;
    } else if (function.resource.valid()) {
      kebab = resolve_[function.resource].name + "-" + kebab;
    }
    method.name = unique(snake_case(kebab), taken);
    method.result = function.result ? types_.value(*function.result) : "void";
    std::vector<std::string> names = {"call", "component", "std", "weir"};
    for (const Param& param : function.params) {
      method.params.emplace_back(types_.parameter(param.type),
                                 unique(snake_case(param.name), names));
    }
    methods_.push_back(std::move(method));
  }
}

void HostWriter::host_class(Writer& out) {
  out.line("// What the host does for the interface, one function each. A reference to `Call` and");
  out.line("// views among the parameters are good until the function returns.");
  out.open("class Host {");
  out.label("public:");
  out.line("virtual ~Host() = default;");
  for (const Method& method : methods_) {
    out.gap();
    out.cpp_docs(method.function->docs);
    std::string params = "component::Call& call";
    for (const auto& [type, name] : method.params) params += ", " + type + " " + name;
    out.line("virtual component::OrTrap<", method.result, "> ", method.name, "(", params, ") = 0;");
  }
  out.close("};");
  out.gap();
  out.line("// Registers every function and resource of the interface. `host` finds the Host of a");
  out.line("// request from `Call::state()`.");
  out.line("void link(component::Linker& linker, Host& (*host)(void* state)",
           methods_.empty() ? " = nullptr" : "", ");");
}

void HostWriter::link(Writer& out) {
  out.open("void link(component::Linker& linker, Host& (*host)(void* state)) {");
  out.line("auto interface = linker.interface<Host>(\"", resolve_.id_of(id_), "\", host);");
  for (const auto& [name, type] : interface_.types) {
    if (!std::holds_alternative<Resource>(resolve_[type].shape)) continue;
    out.line("interface.resource<", types_.name(type), ">(\"", name, "\");");
  }
  for (const Method& method : methods_) {
    out.line("interface.function<&Host::", method.name, ">(\"", method.function->name, "\");");
  }
  out.close("}");
}

}  // namespace weir::wit
