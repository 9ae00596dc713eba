#include "wit/bindgen/c/names.h"
#include "wit/bindgen/cpp/generator.h"
#include "wit/bindgen/cpp_names.h"

namespace weir::wit {
namespace {

std::vector<Type> param_types(const Function& function) {
  std::vector<Type> types;
  for (const Param& param : function.params) types.push_back(param.type);
  return types;
}

}  // namespace

// Packages such as `a-b:c` and `a:b-c` would share names: the second gets a `_` behind them.
std::string CppGenerator::symbol(std::string_view kind, const Space& space, std::string_view name) {
  std::string key = std::string(kind) + " " + space.name + " " + std::string(name);
  auto [found, added] = symbols_.try_emplace(std::move(key));
  if (added) {
    found->second = unique_name(
        "wit_" + std::string(kind) + "_" + c_snake_case(space.name) + "_" + c_snake_case(name),
        taken_symbols_);
  }
  return found->second;
}

void CppGenerator::declare_import(const std::string& module, const std::string& name,
                                  const std::string& signature) {
  imports_.gap();
  imports_.line("__attribute__((__import_module__(\"", module, "\"), __import_name__(\"", name,
                "\")))");
  imports_.line(signature, ";");
}

void CppGenerator::declare_import(const Space& space, const Function& function,
                                  const FlatSignature& core, const std::string& prefix) {
  std::string text = core.results.empty() ? "void" : c_type(core.results[0]);
  text += " " + symbol("import", space, function.name) + "(";
  for (size_t i = 0; i < core.params.size(); ++i) {
    text += std::string(i == 0 ? "" : ", ") + c_type(core.params[i]);
  }
  declare_import(space.module, prefix + function.name, text + ")");
}

CppGenerator::Declared CppGenerator::declared(const Space& space, const Function& function) {
  Declared made;
  made.name = function_names_.at(&function);
  bool method = function.kind == Function::Kind::method;
  std::set<std::string> taken;
  for (size_t i = method ? 1 : 0; i < function.params.size(); ++i) {
    const Param& param = function.params[i];
    std::string name = unique_name(snake_case(param.name), taken);
    made.params.push_back(space.exported ? export_param(param, name)
                                         : this->param(param, name, false));
  }
  bool constructor = function.kind == Function::Kind::constructor;
  if (constructor && !space.exported && !resolve_.types.get<ResultType>(*function.result)) {
    made.name = type_names_.at(function.resource);
    return made;
  }
  made.result = function.result ? value({*function.result, space.exported}) : "void";
  if (is_async(space, function)) {
    made.result = function.result ? "wit::task<" + made.result + ">" : "wit::task<>";
  }
  return made;
}

std::string CppGenerator::text_of(const Declared& declared, const std::string& scope) const {
  std::string text =
      declared.result + (declared.result.empty() ? "" : " ") + scope + declared.name + "(";
  for (size_t i = 0; i < declared.params.size(); ++i) {
    text += (i == 0 ? "" : ", ") + declared.params[i].type + " " + declared.params[i].name;
  }
  return text + ")";
}

void CppGenerator::import_function(Writer& out, const Space& space, const Function& function) {
  bool async = is_async(space, function);
  FlatSignature core = layouts_.signature(param_types(function), function.result, Direction::lower,
                                          async ? CallAbi::async_callback : CallAbi::sync);
  declare_import(space, function, core, async ? "[async-lower]" : "");
  Declared made = declared(space, function);
  bool member = function.kind != Function::Kind::freestanding;
  bool method = function.kind == Function::Kind::method;
  std::string scope = member ? type_names_.at(function.resource) + "::" : "";
  std::string call = symbol("import", space, function.name);
  if (method) call += ", wit::borrow(*this)";
  for (const CppParam& param : made.params) {
    // A task keeps what it is given.
    bool moves = async && param.argument == param.name && !param.type.starts_with("const ");
    call += ", " + (moves ? "std::move(" + param.argument + ")" : param.argument);
  }
  out.gap();
  if (made.result.empty()) {
    out.line(text_of(made, scope));
    out.line("    : resource(wit::detail::call<wit::raw_handle>(", call, ")) {}");
    return;
  }
  out.open(text_of(made, scope), method ? " const {" : " {");
  if (async) {
    out.line("return wit::detail::call_async<",
             function.result ? value({*function.result, false}) : "void", ">(", call, ");");
  } else {
    out.line(made.result == "void" ? "" : "return ", "wit::detail::call<", made.result, ">(", call,
             ");");
  }
  out.close("}");
}

void CppGenerator::export_function(const Space& space, const Function& function) {
  bool async = is_async(space, function);
  FlatSignature core = layouts_.signature(param_types(function), function.result, Direction::lift,
                                          async ? CallAbi::async_callback : CallAbi::sync);
  std::string export_name = (async ? "[async-lift]" : "") + space.export_prefix + function.name;
  std::string symbol = this->symbol("export", space, function.name);
  std::string out_type = core.results.empty() ? "void" : c_type(core.results[0]);
  std::string params;
  std::string arguments;
  for (size_t i = 0; i < core.params.size(); ++i) {
    std::string name = "arg" + std::to_string(i);
    params += (i == 0 ? "" : ", ") + (c_type(core.params[i]) + (" " + name));
    arguments += (i == 0 ? "" : ", ") + name;
  }
  std::string types;
  for (const Param& param : function.params) {
    types += ", " + value({param.type, true});
  }
  std::string scope = "::" + space.name + "::";
  if (function.kind != Function::Kind::freestanding) {
    scope += type_names_.at(function.resource) + "::";
  }
  std::string target = "&" + scope + function_names_.at(&function);
  std::string area = core.indirect_result ? "&" + symbol + "_result" : "nullptr";
  Writer& out = exports_;
  out.gap();
  std::string result = function.result ? value({*function.result, true}) : "";
  if (async) {
    std::string task_return = symbol + "_return";
    std::string task_params;
    for (CoreType type : core.task_return) {
      task_params += (task_params.empty() ? "" : ", ") + std::string(c_type(type));
    }
    declare_import("[export]" + space.module, "[task-return]" + function.name,
                   "void " + task_return + "(" + task_params + ")");
    out.line("extern \"C\" __attribute__((__export_name__(\"", export_name, "\")))");
    out.open("int32_t ", symbol, "(", params, ") {");
    out.line("return wit::detail::serve_async<", target, ", ", result.empty() ? "void" : result,
             types, ">(", task_return, arguments.empty() ? "" : ", ", arguments, ");");
    out.close("}");
    out.line("extern \"C\" __attribute__((__export_name__(\"[callback]", export_name, "\")))");
    out.open("int32_t ", symbol, "_callback(int32_t event, int32_t waitable, int32_t code) {");
    out.line("return wit::detail::resume(event, waitable, code);");
    out.close("}");
    return;
  }
  if (core.indirect_result) {
    out.line("static constinit wit::detail::result_area<", result, "> ", symbol, "_result;");
  }
  out.line("extern \"C\" __attribute__((__export_name__(\"", export_name, "\")))");
  out.open(out_type, " ", symbol, "(", params, ") {");
  if (!function.result) {
    out.line("wit::detail::serve_void<", target, types, ">(", arguments, ");");
  } else {
    out.line("return wit::detail::serve<", target, ", ", out_type, ", ", result, types, ">(", area,
             arguments.empty() ? "" : ", ", arguments, ");");
  }
  out.close("}");
  if (core.indirect_result && refers(*function.result)) {
    out.line("extern \"C\" __attribute__((__weak__, __export_name__(\"cabi_post_", export_name,
             "\")))");
    out.line("void ", symbol, "_post_return(int32_t) { ", symbol, "_result.clear(); }");
  }
}

}  // namespace weir::wit
