#include "wit/bindgen/c/generator.h"

namespace weir::wit {

void CGenerator::lift_params(Writer& out, Locals& locals, const Function& function,
                             const Signature& signature, const FlatSignature& core) {
  if (core.indirect_params) {
    std::string tag = signature.name + "_params";
    std::string area = locals.fresh("params");
    out.open("struct ", tag, " {");
    for (const auto& param : signature.params) out.line(name_of(param.type), " ", param.name, ";");
    out.close("} *", area, " = (struct ", tag, " *) (uintptr_t) arg0;");
    for (const auto& param : signature.params) {
      out.line(name_of(param.type), " ", param.name, " = ", area, "->", param.name, ";");
    }
    out.line("free(", area, ");");
    return;
  }
  std::vector<std::string> values;
  for (size_t i = 0; i < core.params.size(); ++i) values.push_back("arg" + std::to_string(i));
  size_t at = 0;
  for (size_t i = 0; i < signature.params.size(); ++i) {
    out.line(name_of(signature.params[i].type), " ", signature.params[i].name, ";");
    lift(out, locals, function.params[i].type, signature.params[i].name, values, at);
  }
}

std::string CGenerator::call_arguments(const Signature& signature) const {
  std::string text;
  for (const auto& param : signature.params) {
    if (!text.empty()) text += ", ";
    if (param.maybe) {
      text += param.name + ".is_some ? &" + param.name + ".val : NULL";
    } else {
      text += (param.pointer ? "&" : "") + param.name;
    }
  }
  return text;
}

// Calls the guest's function and returns what it returned.
void CGenerator::return_value(Writer& out, Locals& locals, const Function& function,
                              const Signature& signature, const FlatSignature& core,
                              const std::vector<Droppable>& borrows) {
  std::string arguments = call_arguments(signature);
  auto call = [&](std::initializer_list<std::string> more) {
    std::string text = signature.name + "(" + arguments;
    for (const std::string& argument : more) {
      if (text.back() != '(') text += ", ";
      text += argument;
    }
    return text + ")";
  };
  if (signature.returns == Signature::Returns::nothing) {
    out.line(call({}), ";");
    drop_borrows(out, borrows);
    return;
  }
  Type type = *function.result;
  std::string result = locals.fresh("result");
  // What lies in memory lives until the host has read it.
  out.line(core.indirect_result ? "static " : "", name_of(type), " ", result, ";");
  switch (signature.returns) {
    case Signature::Returns::nothing:
      break;
    case Signature::Returns::value:
      out.line(result, " = ", call({}), ";");
      break;
    case Signature::Returns::pointer:
      out.line(call({"&" + result}), ";");
      break;
    case Signature::Returns::option:
      out.line(result, ".is_some = ", call({"&" + result + ".val"}), ";");
      break;
    case Signature::Returns::result: {
      const auto* either = resolve_.types.get<ResultType>(type);
      std::string ok = locals.fresh("ok");
      std::string err = locals.fresh("error");
      if (either->ok) out.line(name_of(*either->ok), " ", ok, ";");
      if (either->err) out.line(name_of(*either->err), " ", err, ";");
      std::string made = either->ok && either->err ? call({"&" + ok, "&" + err})
                         : either->ok              ? call({"&" + ok})
                         : either->err             ? call({"&" + err})
                                                   : call({});
      out.line(result, ".is_err = !", made, ";");
      if (either->ok) out.line("if (!", result, ".is_err) ", result, ".val.ok = ", ok, ";");
      if (either->err) out.line("if (", result, ".is_err) ", result, ".val.err = ", err, ";");
      break;
    }
  }
  drop_borrows(out, borrows);
  if (core.indirect_result) {
    out.line("return (int32_t) (uintptr_t) &", result, ";");
    return;
  }
  std::vector<std::string> values;
  lower(out, locals, type, result, values);
  out.line("return ", values[0], ";");
}

void CGenerator::export_function(const Function& function) {
  if (is_async(function)) {
    export_async(function);
    streams_and_futures(function);
    return;
  }
  Signature signature = this->signature(function);
  FlatSignature core =
      layouts_.signature(param_types(function), function.result, Direction::lift, CallAbi::sync);
  functions_.gap();
  functions_.cpp_docs(function.docs);
  functions_.line(signature.text, ";");

  Writer& out = adapters_;
  std::string export_name = pass_.export_prefix + function.name;
  std::string symbol = "__wasm_export_" + signature.name;
  Locals locals;
  std::string params;
  for (size_t i = 0; i < core.params.size(); ++i) {
    std::string name = "arg" + std::to_string(i);
    locals.take(name);
    params += (i == 0 ? "" : ", ") + (c_type(core.params[i]) + (" " + name));
  }
  for (auto& param : signature.params) param.name = locals.fresh(param.name);
  out.gap();
  out.line("__attribute__((__export_name__(\"", export_name, "\")))");
  out.open(core.results.empty() ? "void" : c_type(core.results[0]), " ", symbol, "(",
           params.empty() ? "void" : params, ") {");
  lift_params(out, locals, function, signature, core);
  auto borrows = keep_borrows(out, locals, function, signature);
  return_value(out, locals, function, signature, core, borrows);
  out.close("}");
  if (function.result && owns_memory(*function.result)) {
    std::string type = name_of(*function.result);
    Locals inner;
    inner.take("arg0");
    inner.take("result");
    out.gap();
    out.line("__attribute__((__weak__, __export_name__(\"cabi_post_", export_name, "\")))");
    out.open("void ", symbol, "_post_return(int32_t arg0) {");
    out.line(type, " *result = (", type, " *) (uintptr_t) arg0;");
    free_memory(out, inner, *function.result, "(*result)");
    out.close("}");
  }
  streams_and_futures(function);
}

}  // namespace weir::wit
