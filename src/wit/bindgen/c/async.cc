#include <algorithm>

#include "wit/bindgen/c/generator.h"
#include "wit/bindgen/c/names.h"

namespace weir::wit {

// The call returns at once with the state of a subtask; what it was given must stay where it is
// until the subtask has started, and the result until it has returned.
void CGenerator::import_async(const Function& function) {
  std::string name = function_name(function);
  FlatSignature core = layouts_.signature(param_types(function), function.result, Direction::lower,
                                          CallAbi::async_callback);
  std::string symbol = "__wasm_import_" + name;
  declare_import(imports_, pass_.module, "[async-lower]" + function.name, symbol, core.params,
                 core.results);
  std::string params;
  auto add = [&](const std::string& text) {
    if (!params.empty()) params += ", ";
    params += text;
  };
  std::vector<std::string> values;
  Writer body(4);
  Locals locals;
  if (core.indirect_params && function.params.size() == 1) {
    add(name_of(function.params[0].type) + " *arg");
    values.push_back("(int32_t) (uintptr_t) arg");
  } else if (core.indirect_params) {
    types_.gap();
    types_.open("typedef struct ", name, "_args {");
    for (const Param& param : function.params) {
      types_.line(name_of(param.type), " ", c_identifier(param.name), ";");
    }
    types_.close("} ", name, "_args_t;");
    add(name + "_args_t *args");
    values.push_back("(int32_t) (uintptr_t) args");
  } else {
    for (const Param& param : function.params) {
      add(name_of(param.type) + " " + c_identifier(param.name));
      locals.take(c_identifier(param.name));
    }
  }
  if (function.result) add(name_of(*function.result) + " *result");
  locals.take("result");
  std::string text =
      name_ + "_subtask_status_t " + name + "(" + (params.empty() ? "void" : params) + ")";
  functions_.gap();
  functions_.cpp_docs(function.docs);
  functions_.line("extern ", text, ";");
  Writer& out = adapters_;
  out.gap();
  out.open(text, " {");
  if (!core.indirect_params) {
    for (const Param& param : function.params) {
      lower(out, locals, param.type, c_identifier(param.name), values);
    }
  }
  if (function.result) values.push_back("(int32_t) (uintptr_t) result");
  std::string call = symbol + "(";
  for (size_t i = 0; i < values.size(); ++i) call += (i == 0 ? "" : ", ") + values[i];
  out.line("return (", name_, "_subtask_status_t) ", call, ");");
  out.close("}");
  needs_async_ = true;
}

// The guest's function starts the task, `X_callback` goes on with it after each event, and
// `X_return` gives the result.
void CGenerator::export_async(const Function& function) {
  needs_async_ = true;
  Signature signature = this->signature(function);
  FlatSignature core = layouts_.signature(param_types(function), function.result, Direction::lift,
                                          CallAbi::async_callback);
  functions_.gap();
  functions_.cpp_docs(function.docs);
  functions_.line(signature.text, ";");
  functions_.line(name_, "_callback_code_t ", signature.name, "_callback(", name_,
                  "_event_t *event);");
  std::string result = function.result ? name_of(*function.result) + " ret" : "void";
  std::string answer = "void " + signature.name + "_return(" + result + ")";
  helper_declarations_.line(answer, ";");

  std::string export_name = "[async-lift]" + pass_.export_prefix + function.name;
  std::string symbol = "__wasm_export_" + signature.name;
  Writer& out = adapters_;
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
  out.open("int32_t ", symbol, "(", params.empty() ? "void" : params, ") {");
  lift_params(out, locals, function, signature, core);
  for (const Param& param : function.params) {
    if (options_.autodrop_borrows && resolve_.types.contains_borrow(param.type)) {
      refuse("--autodrop-borrows: `" + function.name +
             "` is async, and needs what it borrowed after it has returned");
    }
  }
  out.line("return (int32_t) ", signature.name, "(", call_arguments(signature), ");");
  out.close("}");
  out.gap();
  out.line("__attribute__((__export_name__(\"[callback]", export_name, "\")))");
  out.open("int32_t ", symbol, "_callback(int32_t code, int32_t waitable, int32_t detail) {");
  out.line(name_, "_event_t event;");
  out.line("event.event = (", name_, "_event_code_t) code;");
  out.line("event.waitable = (uint32_t) waitable;");
  out.line("event.code = (uint32_t) detail;");
  out.line("return (int32_t) ", signature.name, "_callback(&event);");
  out.close("}");

  std::string task_return = symbol + "__task_return";
  declare_import(imports_, "[export]" + pass_.module, "[task-return]" + function.name, task_return,
                 core.task_return, {});
  Locals inner;
  inner.take("ret");
  out.gap();
  out.open(answer, " {");
  std::vector<std::string> values;
  if (core.indirect_result) {
    values.push_back("(int32_t) (uintptr_t) &ret");
  } else if (function.result) {
    lower(out, inner, *function.result, "ret", values);
  }
  std::string call = task_return + "(";
  for (size_t i = 0; i < values.size(); ++i) call += (i == 0 ? "" : ", ") + values[i];
  out.line(call, ");");
  out.close("}");
}

void CGenerator::find_streams(Type type, std::vector<TypeId>& found) {
  if (!resolve_.types.contains_handle(type) || type.is_prim() || !afford()) return;
  const Shape& shape = resolve_[type.id()].shape;
  if (std::holds_alternative<Own>(shape) || std::holds_alternative<Borrow>(shape)) return;
  for_each_reference(shape, [&](Type part) { find_streams(part, found); });
  if (std::holds_alternative<Stream>(shape) || std::holds_alternative<Future>(shape)) {
    found.push_back(type.id());
  }
}

// The core functions of a stream or future are named after a function that mentions it, and its
// place among those that the function mentions.
void CGenerator::streams_and_futures(const Function& function) {
  std::vector<TypeId> found;
  for (const Param& param : function.params) find_streams(param.type, found);
  if (function.result) find_streams(*function.result, found);
  for (size_t i = 0; i < found.size(); ++i) stream_or_future(found[i], i, function);
}

void CGenerator::stream_or_future(TypeId id, size_t index, const Function& function) {
  std::string type = names_.at(id);
  if (!streams_.insert(type).second) return;
  std::string name = type.substr(0, type.size() - 2);
  std::string status = name_ + "_waitable_status_t";
  const auto* stream = std::get_if<Stream>(&resolve_[id].shape);
  std::optional<Type> element =
      stream ? stream->element : std::get<Future>(resolve_[id].shape).value;
  std::string buffer = element ? ", " + name_of(*element) + " *buf" : "";
  std::string constant = element ? ", const " + name_of(*element) + " *buf" : "";
  std::string amount = stream ? ", size_t amt" : "";
  std::string passed = element ? "(int32_t) (uintptr_t) buf" : "0";
  if (stream) passed += ", (int32_t) amt";
  Writer& h = helper_declarations_;
  h.gap();
  h.line("typedef uint32_t ", name, "_writer_t;");
  h.line(type, " ", name, "_new(", name, "_writer_t *writer);");
  h.line(status, " ", name, "_read(", type, " reader", buffer, amount, ");");
  h.line(status, " ", name, "_write(", name, "_writer_t writer", constant, amount, ");");
  h.line(status, " ", name, "_cancel_read(", type, " reader);");
  h.line(status, " ", name, "_cancel_write(", name, "_writer_t writer);");
  h.line("void ", name, "_drop_readable(", type, " reader);");
  h.line("void ", name, "_drop_writable(", name, "_writer_t writer);");

  std::string module = (pass_.import ? "" : "[export]") + pass_.module;
  std::string kind = stream ? "stream" : "future";
  auto intrinsic = [&](const std::string& prefix, const std::string& verb,
                       const std::string& suffix, const std::vector<CoreType>& params,
                       const std::vector<CoreType>& results) {
    declare_import(
        imports_, module,
        prefix + "[" + kind + "-" + verb + "-" + std::to_string(index) + "]" + function.name,
        name + suffix, params, results);
  };
  std::vector<CoreType> transfer(stream ? 3 : 2, CoreType::i32);
  intrinsic("", "new", "__new", {}, {CoreType::i64});
  intrinsic("[async-lower]", "read", "__read", transfer, {CoreType::i32});
  intrinsic("[async-lower]", "write", "__write", transfer, {CoreType::i32});
  intrinsic("", "cancel-read", "__cancel_read", {CoreType::i32}, {CoreType::i32});
  intrinsic("", "cancel-write", "__cancel_write", {CoreType::i32}, {CoreType::i32});
  intrinsic("", "drop-readable", "__drop_readable", {CoreType::i32}, {});
  intrinsic("", "drop-writable", "__drop_writable", {CoreType::i32}, {});

  Writer& c = helpers_;
  c.gap();
  c.open(type, " ", name, "_new(", name, "_writer_t *writer) {");
  c.line("uint64_t both = (uint64_t) ", name, "__new();");
  c.line("*writer = (uint32_t) (both >> 32);");
  c.line("return (uint32_t) both;");
  c.close("}");
  c.gap();
  c.open(status, " ", name, "_read(", type, " reader", buffer, amount, ") {");
  c.line("return (", status, ") ", name, "__read((int32_t) reader, ", passed, ");");
  c.close("}");
  c.gap();
  c.open(status, " ", name, "_write(", name, "_writer_t writer", constant, amount, ") {");
  c.line("return (", status, ") ", name, "__write((int32_t) writer, ", passed, ");");
  c.close("}");
  c.gap();
  c.open(status, " ", name, "_cancel_read(", type, " reader) {");
  c.line("return (", status, ") ", name, "__cancel_read((int32_t) reader);");
  c.close("}");
  c.gap();
  c.open(status, " ", name, "_cancel_write(", name, "_writer_t writer) {");
  c.line("return (", status, ") ", name, "__cancel_write((int32_t) writer);");
  c.close("}");
  c.gap();
  c.open("void ", name, "_drop_readable(", type, " reader) {");
  c.line(name, "__drop_readable((int32_t) reader);");
  c.close("}");
  c.gap();
  c.open("void ", name, "_drop_writable(", name, "_writer_t writer) {");
  c.line(name, "__drop_writable((int32_t) writer);");
  c.close("}");
}

}  // namespace weir::wit
