#include "wit/print.h"
#include "wit/text/token.h"

namespace weir::wit {
namespace {

class TypeWriter {
 public:
  TypeWriter(std::string& text, const TypeTable& types) : text_(text), types_(types) {}

  void type(Type type) {
    if (type.is_prim()) {
      text_ += name_of(type.prim());
      return;
    }
    const TypeDef& def = types_[type.id()];
    if (def.name.empty()) {
      shape(def.shape);
    } else {
      text_.append(escape_of(def.name)).append(def.name);
    }
  }

  void shape(const Shape& shape) {
    if (const auto* alias = std::get_if<Alias>(&shape)) {
      type(alias->target);
    } else if (const auto* list = std::get_if<List>(&shape)) {
      generic("list", list->element);
    } else if (const auto* fixed = std::get_if<FixedList>(&shape)) {
      text_ += "list<";
      type(fixed->element);
      text_ += ", " + std::to_string(fixed->length) + ">";
    } else if (const auto* map = std::get_if<Map>(&shape)) {
      text_ += "map<";
      type(map->key);
      text_ += ", ";
      type(map->value);
      text_ += ">";
    } else if (const auto* option = std::get_if<Option>(&shape)) {
      generic("option", option->value);
    } else if (const auto* own = std::get_if<Own>(&shape)) {
      type(own->resource);
    } else if (const auto* borrow = std::get_if<Borrow>(&shape)) {
      generic("borrow", Type(borrow->resource));
    } else if (const auto* stream = std::get_if<Stream>(&shape)) {
      generic("stream", stream->element);
    } else if (const auto* future = std::get_if<Future>(&shape)) {
      generic("future", future->value);
    } else if (const auto* result = std::get_if<ResultType>(&shape)) {
      this->result(*result);
    } else if (const auto* tuple = std::get_if<Tuple>(&shape)) {
      text_ += "tuple<";
      for (size_t i = 0; i < tuple->types.size(); ++i) {
        if (i > 0) text_ += ", ";
        type(tuple->types[i]);
      }
      text_ += ">";
    } else {
      // The other shapes have no text without a name.
      text_ += "_";
    }
  }

 private:
  // `name<arg>`, or only the name.
  void generic(const char* name, std::optional<Type> arg) {
    text_ += name;
    if (!arg) return;
    text_ += "<";
    type(*arg);
    text_ += ">";
  }

  void result(const ResultType& result) {
    text_ += "result";
    if (!result.ok && !result.err) return;
    text_ += "<";
    if (result.ok) {
      type(*result.ok);
    } else {
      text_ += "_";
    }
    if (result.err) {
      text_ += ", ";
      type(*result.err);
    }
    text_ += ">";
  }

  std::string& text_;
  const TypeTable& types_;
};

}  // namespace

const char* escape_of(std::string_view name) {
  return keyword(name) == TokenKind::identifier ? "" : "%";
}

void append_type(std::string& text, const TypeTable& types, Type type) {
  TypeWriter(text, types).type(type);
}

std::string print_type(const TypeTable& types, Type type) {
  std::string text;
  append_type(text, types, type);
  return text;
}

std::string print_shape(const TypeTable& types, const Shape& shape) {
  std::string text;
  TypeWriter(text, types).shape(shape);
  return text;
}

}  // namespace weir::wit
