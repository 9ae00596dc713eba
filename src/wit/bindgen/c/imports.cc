#include "wit/bindgen/c/generator.h"

namespace weir::wit {

void CGenerator::import_function(const Function& function) {
  if (is_async(function)) {
    import_async(function);
    streams_and_futures(function);
    return;
  }
  Signature signature = this->signature(function);
  FlatSignature core =
      layouts_.signature(param_types(function), function.result, Direction::lower, CallAbi::sync);
  std::string symbol = "__wasm_import_" + signature.name;
  declare_import(imports_, pass_.module, function.name, symbol, core.params, core.results);
  functions_.gap();
  functions_.cpp_docs(function.docs);
  functions_.line("extern ", signature.text, ";");

  Writer& out = adapters_;
  Locals locals;
  for (const char* name : {"ret", "err"}) locals.take(name);
  for (const auto& param : signature.params) {
    locals.take(param.name);
    if (param.maybe) locals.take("maybe_" + param.name);
  }
  out.gap();
  out.open(signature.text, " {");
  for (const auto& param : signature.params) {
    if (!param.maybe) continue;
    out.line(name_of(param.type), " ", param.name, ";");
    out.line(param.name, ".is_some = maybe_", param.name, " != NULL;");
    out.line("if (maybe_", param.name, ") ", param.name, ".val = *maybe_", param.name, ";");
  }
  std::vector<std::string> values;
  if (core.indirect_params) {
    std::string area = locals.fresh("params");
    out.open("struct {");
    for (const auto& param : signature.params) out.line(name_of(param.type), " ", param.name, ";");
    out.close("} ", area, ";");
    for (const auto& param : signature.params) {
      out.line(area, ".", param.name, " = ", param.pointer ? "*" : "", param.name, ";");
    }
    values.push_back("(int32_t) (uintptr_t) &" + area);
  } else {
    for (const auto& param : signature.params) {
      lower(out, locals, param.type, param.pointer ? "(*" + param.name + ")" : param.name, values);
    }
  }
  std::string result = locals.fresh("result");
  if (core.indirect_result) {
    out.line(name_of(*function.result), " ", result, ";");
    values.push_back("(int32_t) (uintptr_t) &" + result);
  }
  std::string call = symbol + "(";
  for (size_t i = 0; i < values.size(); ++i) call += (i == 0 ? "" : ", ") + values[i];
  call += ")";
  if (core.results.empty()) {
    out.line(call, ";");
  } else {
    std::string value = locals.fresh("core");
    out.line(c_type(core.results[0]), " ", value, " = ", call, ";");
    out.line(name_of(*function.result), " ", result, ";");
    size_t at = 0;
    lift(out, locals, *function.result, result, {value}, at);
  }
  switch (signature.returns) {
    case Signature::Returns::nothing:
      break;
    case Signature::Returns::value:
      out.line("return ", result, ";");
      break;
    case Signature::Returns::pointer:
      out.line("*ret = ", result, ";");
      break;
    case Signature::Returns::option:
      out.line("if (", result, ".is_some) *ret = ", result, ".val;");
      out.line("return ", result, ".is_some;");
      break;
    case Signature::Returns::result: {
      const auto* either = resolve_.types.get<ResultType>(*function.result);
      if (either->err) out.line("if (", result, ".is_err) *err = ", result, ".val.err;");
      if (either->ok) out.line("if (!", result, ".is_err) *ret = ", result, ".val.ok;");
      out.line("return !", result, ".is_err;");
      break;
    }
  }
  out.close("}");
  streams_and_futures(function);
}

}  // namespace weir::wit
