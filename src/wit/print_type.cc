#include <initializer_list>

#include "wit/print.h"
#include "wit/text/token.h"

namespace weir::wit {
namespace {

std::string escaped(const std::string& name) {
  return keyword(name) == TokenKind::identifier ? name : "%" + name;
}

// `name<a, b>`
std::string generic(const char* name, std::initializer_list<std::string> args) {
  std::string text = name;
  text += "<";
  bool first = true;
  for (const std::string& arg : args) {
    if (!first) text += ", ";
    first = false;
    text += arg;
  }
  return text + ">";
}

}  // namespace

std::string print_type(const TypeTable& types, Type type) {
  if (type.is_prim()) return name_of(type.prim());
  const TypeDef& def = types[type.id()];
  return def.name.empty() ? print_shape(types, def.shape) : escaped(def.name);
}

std::string print_shape(const TypeTable& types, const Shape& shape) {
  auto print = [&](Type type) { return print_type(types, type); };
  if (const auto* alias = std::get_if<Alias>(&shape)) return print(alias->target);
  if (const auto* list = std::get_if<List>(&shape)) return generic("list", {print(list->element)});
  if (const auto* list = std::get_if<FixedList>(&shape)) {
    return generic("list", {print(list->element), std::to_string(list->length)});
  }
  if (const auto* map = std::get_if<Map>(&shape)) {
    return generic("map", {print(map->key), print(map->value)});
  }
  if (const auto* option = std::get_if<Option>(&shape)) {
    return generic("option", {print(option->value)});
  }
  if (const auto* own = std::get_if<Own>(&shape)) return print(own->resource);
  if (const auto* borrow = std::get_if<Borrow>(&shape)) {
    return generic("borrow", {print(borrow->resource)});
  }
  if (const auto* stream = std::get_if<Stream>(&shape)) {
    return stream->element ? generic("stream", {print(*stream->element)}) : "stream";
  }
  if (const auto* future = std::get_if<Future>(&shape)) {
    return future->value ? generic("future", {print(*future->value)}) : "future";
  }
  if (const auto* result = std::get_if<ResultType>(&shape)) {
    if (!result->ok && !result->err) return "result";
    std::string ok = result->ok ? print(*result->ok) : "_";
    return result->err ? generic("result", {ok, print(*result->err)}) : generic("result", {ok});
  }
  if (const auto* tuple = std::get_if<Tuple>(&shape)) {
    std::string text = "tuple<";
    for (size_t i = 0; i < tuple->types.size(); ++i) {
      if (i > 0) text += ", ";
      text += print(tuple->types[i]);
    }
    return text + ">";
  }
  // The other shapes have no text without a name.
  return "_";
}

}  // namespace weir::wit
