#include "wit/bindgen/c/generator.h"
#include "wit/bindgen/c/names.h"

namespace weir::wit {

std::string CGenerator::function_name(const Function& function) const {
  return pass_.function_space + "_" + c_snake_case(function.name);
}

std::vector<Type> CGenerator::param_types(const Function& function) const {
  std::vector<Type> types;
  for (const Param& param : function.params) types.push_back(param.type);
  return types;
}

bool CGenerator::by_pointer(Type type) const {
  Type root = resolve_.types.root(type);
  if (root.is_prim()) return root.is(Prim::string);
  const Shape& shape = resolve_[root.id()].shape;
  return std::holds_alternative<Record>(shape) || std::holds_alternative<Tuple>(shape) ||
         std::holds_alternative<List>(shape) || std::holds_alternative<FixedList>(shape) ||
         std::holds_alternative<Map>(shape) || std::holds_alternative<Variant>(shape) ||
         std::holds_alternative<Option>(shape) || std::holds_alternative<ResultType>(shape);
}

CGenerator::Signature CGenerator::signature(const Function& function) {
  Signature signature;
  signature.name = function_name(function);
  std::string params;
  auto add = [&](const std::string& text) {
    if (!params.empty()) params += ", ";
    params += text;
  };
  for (const Param& param : function.params) {
    Signature::CParam made{c_identifier(param.name), param.type, false, false};
    const Option* option =
        param.type.is_prim() ? nullptr : std::get_if<Option>(&resolve_[param.type.id()].shape);
    if (option) {
      made.maybe = true;
      add(name_of(option->value) + " *maybe_" + made.name);
    } else {
      made.pointer = by_pointer(param.type);
      add(name_of(param.type) + (made.pointer ? " *" : " ") + made.name);
    }
    signature.params.push_back(std::move(made));
  }
  std::string result = "void";
  // An asynchronous export answers with `X_return`.
  if (is_async(function)) {
    result = name_ + "_callback_code_t";
  } else if (function.result) {
    Type type = *function.result;
    if (const auto* option = resolve_.types.get<Option>(type)) {
      signature.returns = Signature::Returns::option;
      result = "bool";
      add(name_of(option->value) + " *ret");
    } else if (const auto* either = resolve_.types.get<ResultType>(type)) {
      signature.returns = Signature::Returns::result;
      result = "bool";
      if (either->ok) add(name_of(*either->ok) + " *ret");
      if (either->err) add(name_of(*either->err) + " *err");
    } else if (by_pointer(type)) {
      signature.returns = Signature::Returns::pointer;
      add(name_of(type) + " *ret");
    } else {
      signature.returns = Signature::Returns::value;
      result = name_of(type);
    }
  }
  if (params.empty()) params = "void";
  signature.text = result + " " + signature.name + "(" + params + ")";
  return signature;
}

void CGenerator::declare_import(Writer& out, const std::string& module, const std::string& name,
                                const std::string& symbol, const std::vector<CoreType>& params,
                                const std::vector<CoreType>& results) {
  std::string text;
  for (CoreType type : params) {
    if (!text.empty()) text += ", ";
    text += c_type(type);
  }
  if (text.empty()) text = "void";
  out.gap();
  out.line("__attribute__((__import_module__(\"", module, "\"), __import_name__(\"", name, "\")))");
  out.line("extern ", results.empty() ? "void" : c_type(results[0]), " ", symbol, "(", text, ");");
}

}  // namespace weir::wit
