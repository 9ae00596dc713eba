#include "wit/bindgen/c/generator.h"
#include "wit/bindgen/c/names.h"

namespace weir::wit {

// Writes what sets a variable to each borrowed handle that is in `value`. The variables start at 0,
// for those in cases that `value` is not.
void CGenerator::find_borrows(Writer& out, Locals& locals, Type type, const std::string& value,
                              std::vector<Droppable>& found) {
  if (!resolve_.types.contains_borrow(type) || !afford()) return;
  auto cases = [&](const std::string& tag,
                   const std::vector<std::pair<std::optional<Type>, std::string>>& all) {
    for (size_t i = 0; i < all.size(); ++i) {
      const auto& [part, at] = all[i];
      if (!part || !resolve_.types.contains_borrow(*part)) continue;
      out.open("if (", tag, " == ", std::to_string(i), ") {");
      find_borrows(out, locals, *part, at, found);
      out.close("}");
    }
  };
  std::visit(
      [&](const auto& shape) {
        using S = std::decay_t<decltype(shape)>;
        if constexpr (std::is_same_v<S, Alias>) {
          find_borrows(out, locals, shape.target, value, found);
        } else if constexpr (std::is_same_v<S, Borrow>) {
          const ResourceNames& names = resource(shape.resource);
          // A guest's own resource is borrowed as a pointer: there is no handle.
          if (!names.import) return;
          found.push_back({locals.fresh("borrow"), names.drop});
          out.line(found.back().name, " = ", value, ".__handle;");
        } else if constexpr (std::is_same_v<S, Record>) {
          for (const Field& field : shape.fields) {
            find_borrows(out, locals, field.type, value + "." + c_identifier(field.name), found);
          }
        } else if constexpr (std::is_same_v<S, Tuple>) {
          for (size_t i = 0; i < shape.types.size(); ++i) {
            find_borrows(out, locals, shape.types[i], value + ".f" + std::to_string(i), found);
          }
        } else if constexpr (std::is_same_v<S, FixedList>) {
          for (uint32_t i = 0; i < shape.length; ++i) {
            find_borrows(out, locals, shape.element, value + ".at[" + std::to_string(i) + "]",
                         found);
          }
        } else if constexpr (std::is_same_v<S, Variant>) {
          std::vector<std::pair<std::optional<Type>, std::string>> all;
          for (const Case& c : shape.cases) {
            all.emplace_back(c.type, value + ".val." + c_identifier(c.name));
          }
          cases(value + ".tag", all);
        } else if constexpr (std::is_same_v<S, Option>) {
          cases(value + ".is_some", {{std::nullopt, ""}, {shape.value, value + ".val"}});
        } else if constexpr (std::is_same_v<S, ResultType>) {
          cases(value + ".is_err",
                {{shape.ok, value + ".val.ok"}, {shape.err, value + ".val.err"}});
        } else if constexpr (std::is_same_v<S, List> || std::is_same_v<S, Map>) {
          refuse("--autodrop-borrows: borrowed handles in a list have to be dropped by hand");
        }
      },
      resolve_[type.id()].shape);
}

std::vector<CGenerator::Droppable> CGenerator::keep_borrows(Writer& out, Locals& locals,
                                                            const Function& function,
                                                            const Signature& signature) {
  std::vector<Droppable> found;
  if (!options_.autodrop_borrows) return found;
  auto find = [&](Writer& to, Locals& names) {
    found.clear();
    for (size_t i = 0; i < function.params.size(); ++i) {
      find_borrows(to, names, function.params[i].type, signature.params[i].name, found);
    }
  };
  // The declarations come first.
  Writer unused;
  Locals copy = locals;
  find(unused, copy);
  for (const Droppable& borrow : found) out.line("int32_t ", borrow.name, " = 0;");
  find(out, locals);
  return found;
}

void CGenerator::drop_borrows(Writer& out, const std::vector<Droppable>& borrows) {
  for (const Droppable& borrow : borrows) {
    out.line("if (", borrow.name, " != 0) ", borrow.drop, "(", borrow.name, ");");
  }
}

}  // namespace weir::wit
