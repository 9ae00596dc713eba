#include "wit/bindgen/c/generator.h"

namespace weir::wit {

std::string dot(const std::string& value, const std::string& member) {
  if (!value.starts_with("(*")) return value + "." + member;
  size_t end = value.find(')');
  if (end + 1 != value.size()) return value + "." + member;
  return value.substr(2, end - 2) + "->" + member;
}

// Between the core type of a case and the one that all cases of a variant share.
std::string CGenerator::cast(const std::string& value, CoreType from, CoreType to) {
  if (from == to) return value;
  auto bits = [&](const std::string& function, const std::string& of) {
    bits_.insert(function);
    return function + "(" + of + ")";
  };
  bool is_float = from == CoreType::f32 || from == CoreType::f64;
  if (is_float && to == CoreType::i32) return bits("bits_of_f32", value);
  if (from == CoreType::f32) return "(int64_t) (uint32_t) " + bits("bits_of_f32", value);
  if (from == CoreType::f64) return bits("bits_of_f64", value);
  if (to == CoreType::f64) return bits("f64_of_bits", value);
  if (to == CoreType::f32) {
    return bits("f32_of_bits", from == CoreType::i64 ? "(int32_t) " + value : value);
  }
  if (to == CoreType::i64) return "(int64_t) (uint32_t) (" + value + ")";
  return "(int32_t) " + value;
}

using Cases = std::vector<std::pair<std::optional<Type>, std::string>>;

void CGenerator::lower_cases(Writer& out, Locals& locals, Type type, const std::string& tag,
                             const Cases& cases, std::vector<std::string>& core) {
  FlatTypes joined = flat(type);
  bool payload = joined.size() > 1;
  core.push_back("(int32_t) " + tag);
  if (!payload) return;
  std::vector<std::string> names;
  for (uint32_t i = 1; i < joined.size(); ++i) {
    names.push_back(locals.fresh("payload"));
    out.line(c_type(joined[i]), " ", names.back(), " = 0;");
    core.push_back(names.back());
  }
  out.open("switch ((int32_t) ", tag, ") {");
  for (size_t i = 0; i < cases.size(); ++i) {
    const auto& [part, value] = cases[i];
    if (!part || flat(*part).size() == 0) continue;
    out.open("case ", std::to_string(i), ": {");
    std::vector<std::string> lowered;
    lower(out, locals, *part, value, lowered);
    FlatTypes own = flat(*part);
    for (uint32_t k = 0; k < lowered.size(); ++k) {
      out.line(names[k], " = ", cast(lowered[k], own[k], joined[k + 1]), ";");
    }
    out.line("break;");
    out.close("}");
  }
  out.close("}");
}

void CGenerator::lower(Writer& out, Locals& locals, Type type, const std::string& value,
                       std::vector<std::string>& core) {
  if (type.is_prim()) {
    switch (type.prim()) {
      case Prim::string:
        core.push_back("(int32_t) (uintptr_t) " + dot(value, "ptr"));
        core.push_back("(int32_t) " + dot(value, "len"));
        return;
      case Prim::s32:
      case Prim::s64:
      case Prim::f32:
      case Prim::f64:
        core.push_back(value);
        return;
      case Prim::u64:
        core.push_back("(int64_t) " + value);
        return;
      default:
        core.push_back("(int32_t) " + value);
        return;
    }
  }
  std::visit(
      [&](const auto& shape) {
        using S = std::decay_t<decltype(shape)>;
        if constexpr (std::is_same_v<S, Alias>) {
          lower(out, locals, shape.target, value, core);
        } else if constexpr (std::is_same_v<S, Record>) {
          for (const Field& field : shape.fields) {
            lower(out, locals, field.type, dot(value, c_identifier(field.name)), core);
          }
        } else if constexpr (std::is_same_v<S, Tuple>) {
          for (size_t i = 0; i < shape.types.size(); ++i) {
            lower(out, locals, shape.types[i], dot(value, "f" + std::to_string(i)), core);
          }
        } else if constexpr (std::is_same_v<S, FixedList>) {
          if (flat(shape.element).size() == 0) return;
          for (uint32_t i = 0; i < shape.length; ++i) {
            lower(out, locals, shape.element, dot(value, "at[" + std::to_string(i) + "]"), core);
          }
        } else if constexpr (std::is_same_v<S, List> || std::is_same_v<S, Map>) {
          core.push_back("(int32_t) (uintptr_t) " + dot(value, "ptr"));
          core.push_back("(int32_t) " + dot(value, "len"));
        } else if constexpr (std::is_same_v<S, Own>) {
          core.push_back(dot(value, "__handle"));
        } else if constexpr (std::is_same_v<S, Borrow>) {
          // Nothing but a guest's own resource is borrowed as a pointer.
          core.push_back(resource(shape.resource).import ? dot(value, "__handle")
                                                         : "(int32_t) (uintptr_t) " + value);
        } else if constexpr (std::is_same_v<S, Variant>) {
          Cases cases;
          for (const Case& c : shape.cases) {
            cases.emplace_back(c.type, dot(value, "val." + c_identifier(c.name)));
          }
          lower_cases(out, locals, type, dot(value, "tag"), cases, core);
        } else if constexpr (std::is_same_v<S, Option>) {
          lower_cases(out, locals, type, dot(value, "is_some"),
                      {{std::nullopt, ""}, {shape.value, dot(value, "val")}}, core);
        } else if constexpr (std::is_same_v<S, ResultType>) {
          lower_cases(out, locals, type, dot(value, "is_err"),
                      {{shape.ok, dot(value, "val.ok")}, {shape.err, dot(value, "val.err")}}, core);
        } else {
          core.push_back("(int32_t) " + value);
        }
      },
      resolve_[type.id()].shape);
}

void CGenerator::lift_cases(Writer& out, Locals& locals, Type type, const Cases& cases,
                            const std::vector<std::string>& core, size_t& at) {
  FlatTypes joined = flat(type);
  size_t first = at;
  at += joined.size();
  if (joined.size() == 1) return;
  out.open("switch (", core[first], ") {");
  for (size_t i = 0; i < cases.size(); ++i) {
    const auto& [part, target] = cases[i];
    if (!part || flat(*part).size() == 0) continue;
    out.open("case ", std::to_string(i), ": {");
    FlatTypes own = flat(*part);
    std::vector<std::string> values;
    for (uint32_t k = 0; k < own.size(); ++k) {
      values.push_back(cast(core[first + 1 + k], joined[k + 1], own[k]));
    }
    size_t inner = 0;
    lift(out, locals, *part, target, values, inner);
    out.line("break;");
    out.close("}");
  }
  out.close("}");
}

void CGenerator::lift(Writer& out, Locals& locals, Type type, const std::string& target,
                      const std::vector<std::string>& core, size_t& at) {
  auto set = [&](const std::string& member, const std::string& value) {
    out.line(target, member, " = ", value, ";");
  };
  auto pointer = [&](const std::string& element) {
    set(".ptr", "(" + element + " *) (uintptr_t) " + core[at++]);
    set(".len", "(size_t) " + core[at++]);
  };
  if (type.is_prim()) {
    switch (type.prim()) {
      case Prim::string:
        pointer(unit());
        return;
      case Prim::boolean:
        set("", core[at++] + " != 0");
        return;
      case Prim::s32:
      case Prim::s64:
      case Prim::f32:
      case Prim::f64:
        set("", core[at++]);
        return;
      default:
        set("", "(" + name_of(type) + ") " + core[at++]);
        return;
    }
  }
  std::visit(
      [&](const auto& shape) {
        using S = std::decay_t<decltype(shape)>;
        if constexpr (std::is_same_v<S, Alias>) {
          lift(out, locals, shape.target, target, core, at);
        } else if constexpr (std::is_same_v<S, Record>) {
          for (const Field& field : shape.fields) {
            lift(out, locals, field.type, target + "." + c_identifier(field.name), core, at);
          }
        } else if constexpr (std::is_same_v<S, Tuple>) {
          for (size_t i = 0; i < shape.types.size(); ++i) {
            lift(out, locals, shape.types[i], target + ".f" + std::to_string(i), core, at);
          }
        } else if constexpr (std::is_same_v<S, FixedList>) {
          if (flat(shape.element).size() == 0) return;
          for (uint32_t i = 0; i < shape.length; ++i) {
            lift(out, locals, shape.element, target + ".at[" + std::to_string(i) + "]", core, at);
          }
        } else if constexpr (std::is_same_v<S, List>) {
          pointer(name_of(shape.element));
        } else if constexpr (std::is_same_v<S, Map>) {
          pointer(entry_name(type.id()));
        } else if constexpr (std::is_same_v<S, Own>) {
          set(".__handle", core[at++]);
        } else if constexpr (std::is_same_v<S, Borrow>) {
          if (resource(shape.resource).import) {
            set(".__handle", core[at++]);
          } else {
            set("", "(" + resource(shape.resource).borrow + ") (uintptr_t) " + core[at++]);
          }
        } else if constexpr (std::is_same_v<S, Variant>) {
          out.line(target, ".tag = ", core[at], ";");
          Cases cases;
          for (const Case& c : shape.cases) {
            cases.emplace_back(c.type, target + ".val." + c_identifier(c.name));
          }
          lift_cases(out, locals, type, cases, core, at);
        } else if constexpr (std::is_same_v<S, Option>) {
          out.line(target, ".is_some = ", core[at], " != 0;");
          lift_cases(out, locals, type, {{std::nullopt, ""}, {shape.value, target + ".val"}}, core,
                     at);
        } else if constexpr (std::is_same_v<S, ResultType>) {
          out.line(target, ".is_err = ", core[at], " != 0;");
          lift_cases(out, locals, type,
                     {{shape.ok, target + ".val.ok"}, {shape.err, target + ".val.err"}}, core, at);
        } else {
          set("", "(" + name_of(type) + ") " + core[at++]);
        }
      },
      resolve_[type.id()].shape);
}

}  // namespace weir::wit
