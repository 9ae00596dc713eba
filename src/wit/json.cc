#include "wit/json.h"

#include "wit/json_writer.h"

namespace weir::wit {
namespace {

class JsonPrinter {
 public:
  explicit JsonPrinter(const Resolve& resolve) : resolve_(resolve) {}

  std::string run();

 private:
  void type(Type type);
  void optional_type(std::optional<Type> type);
  void docs(const std::string& docs);
  void stability(const Stability& stability);
  void external_id(const std::optional<std::string>& id);
  template <class Map>
  void ids(std::string_view key, const Map& map);
  template <class Items>
  void labels(std::string_view kind, std::string_view list, const Items& items);

  void type_def(const TypeDef& def);
  void shape(const Shape& shape);
  void owner(Owner owner);
  void function(const Function& function);
  void function_kind(const Function& function);
  void interface(const Interface& interface);
  void world(const World& world);
  void world_items(std::string_view key, const WorldItems& items);
  void package(const Package& package);

  const Resolve& resolve_;
  JsonWriter out_;
};

std::string JsonPrinter::run() {
  out_.open_object();
  out_.key("worlds");
  out_.open_array();
  for (const World& world : resolve_.worlds) this->world(world);
  out_.close();
  out_.key("interfaces");
  out_.open_array();
  for (const Interface& interface : resolve_.interfaces) this->interface(interface);
  out_.close();
  out_.key("types");
  out_.open_array();
  for (uint32_t i = 0; i < resolve_.types.size(); ++i) type_def(resolve_.types[TypeId{i}]);
  out_.close();
  out_.key("packages");
  out_.open_array();
  for (const Package& package : resolve_.packages) this->package(package);
  out_.close();
  out_.close();
  return out_.take();
}

void JsonPrinter::type(Type type) {
  if (type.is_prim()) {
    out_.string(name_of(type.prim()));
  } else {
    out_.number(type.id().index);
  }
}

void JsonPrinter::optional_type(std::optional<Type> type) {
  if (type) {
    this->type(*type);
  } else {
    out_.null();
  }
}

void JsonPrinter::docs(const std::string& docs) {
  if (docs.empty()) return;
  out_.key("docs");
  out_.open_tagged("contents");
  out_.string(docs);
  out_.close();
}

void JsonPrinter::stability(const Stability& stability) {
  if (!stability.known()) return;
  bool stable = stability.kind() == Stability::Kind::stable;
  out_.key("stability");
  out_.open_tagged(stable ? "stable" : "unstable");
  out_.open_object();
  out_.key(stable ? "since" : "feature");
  out_.string(stable ? to_string(stability.since()) : stability.feature());
  if (stability.deprecated()) {
    out_.key("deprecated");
    out_.string(to_string(*stability.deprecated()));
  }
  out_.close();
  out_.close();
}

void JsonPrinter::external_id(const std::optional<std::string>& id) {
  if (!id) return;
  out_.key("external_id");
  out_.string(*id);
}

template <class Map>
void JsonPrinter::ids(std::string_view key, const Map& map) {
  out_.key(key);
  out_.open_object();
  for (const auto& [name, id] : map) {
    out_.key(name);
    out_.number(id.index);
  }
  out_.close();
}

// `{ kind: { list: [{ name, type?, docs? }] } }`
template <class Items>
void JsonPrinter::labels(std::string_view kind, std::string_view list, const Items& items) {
  out_.open_tagged(kind);
  out_.open_tagged(list);
  out_.open_array();
  for (const auto& item : items) {
    out_.open_object();
    out_.key("name");
    out_.string(item.name);
    if constexpr (requires { item.type; }) {
      out_.key("type");
      optional_type(item.type);
    }
    docs(item.docs);
    out_.close();
  }
  out_.close();
  out_.close();
  out_.close();
}

void JsonPrinter::shape(const Shape& shape) {
  auto tagged = [&](std::string_view tag, std::optional<Type> type) {
    out_.open_tagged(tag);
    optional_type(type);
    out_.close();
  };
  auto array = [&](std::string_view tag, auto&& body) {
    out_.open_tagged(tag);
    out_.open_array();
    body();
    out_.close();
    out_.close();
  };
  if (const auto* s = std::get_if<Alias>(&shape)) {
    tagged("type", s->target);
  } else if (const auto* s = std::get_if<Record>(&shape)) {
    labels("record", "fields", s->fields);
  } else if (const auto* s = std::get_if<Variant>(&shape)) {
    labels("variant", "cases", s->cases);
  } else if (const auto* s = std::get_if<Enum>(&shape)) {
    labels("enum", "cases", s->cases);
  } else if (const auto* s = std::get_if<Flags>(&shape)) {
    labels("flags", "flags", s->flags);
  } else if (const auto* s = std::get_if<Tuple>(&shape)) {
    out_.open_tagged("tuple");
    array("types", [&] {
      for (Type element : s->types) type(element);
    });
    out_.close();
  } else if (const auto* s = std::get_if<List>(&shape)) {
    tagged("list", s->element);
  } else if (const auto* s = std::get_if<FixedList>(&shape)) {
    array("fixed-length-list", [&] {
      type(s->element);
      out_.number(s->length);
    });
  } else if (const auto* s = std::get_if<Map>(&shape)) {
    array("map", [&] {
      type(s->key);
      type(s->value);
    });
  } else if (const auto* s = std::get_if<Option>(&shape)) {
    tagged("option", s->value);
  } else if (const auto* s = std::get_if<ResultType>(&shape)) {
    out_.open_tagged("result");
    out_.open_object();
    out_.key("ok");
    optional_type(s->ok);
    out_.key("err");
    optional_type(s->err);
    out_.close();
    out_.close();
  } else if (const auto* s = std::get_if<Own>(&shape)) {
    out_.open_tagged("handle");
    tagged("own", s->resource);
    out_.close();
  } else if (const auto* s = std::get_if<Borrow>(&shape)) {
    out_.open_tagged("handle");
    tagged("borrow", s->resource);
    out_.close();
  } else if (const auto* s = std::get_if<Stream>(&shape)) {
    tagged("stream", s->element);
  } else if (const auto* s = std::get_if<Future>(&shape)) {
    tagged("future", s->value);
  } else {
    out_.string("resource");
  }
}

void JsonPrinter::owner(Owner owner) {
  if (owner.kind == Owner::Kind::none) {
    out_.null();
    return;
  }
  out_.open_tagged(owner.kind == Owner::Kind::interface ? "interface" : "world");
  out_.number(owner.index);
  out_.close();
}

void JsonPrinter::type_def(const TypeDef& def) {
  out_.open_object();
  out_.key("name");
  if (def.name.empty()) {
    out_.null();
  } else {
    out_.string(def.name);
  }
  out_.key("kind");
  shape(def.shape);
  out_.key("owner");
  owner(def.owner);
  docs(def.docs);
  stability(def.stability);
  external_id(def.external_id);
  out_.close();
}

void JsonPrinter::function_kind(const Function& function) {
  static constexpr std::string_view kNames[] = {"freestanding", "method", "static", "constructor"};
  std::string name = function.async ? "async-" : "";
  if (function.accessor == Accessor::none) {
    name += kNames[static_cast<size_t>(function.kind)];
  } else {
    if (function.kind != Function::Kind::freestanding) {
      name = std::string(kNames[static_cast<size_t>(function.kind)]) + "-";
    }
    name += function.accessor == Accessor::getter ? "getter" : "setter";
  }
  if (function.kind == Function::Kind::freestanding) {
    out_.string(name);
    return;
  }
  out_.open_tagged(name);
  out_.number(function.resource.index);
  out_.close();
}

void JsonPrinter::function(const Function& function) {
  out_.open_object();
  out_.key("name");
  out_.string(function.name);
  out_.key("kind");
  function_kind(function);
  out_.key("params");
  out_.open_array();
  for (const Param& param : function.params) {
    out_.open_object();
    out_.key("name");
    out_.string(param.name);
    out_.key("type");
    type(param.type);
    out_.close();
  }
  out_.close();
  if (function.result) {
    out_.key("result");
    type(*function.result);
  }
  docs(function.docs);
  stability(function.stability);
  external_id(function.external_id);
  out_.close();
}

void JsonPrinter::interface(const Interface& interface) {
  out_.open_object();
  out_.key("name");
  if (interface.name.empty()) {
    out_.null();
  } else {
    out_.string(interface.name);
  }
  ids("types", interface.types);
  out_.key("functions");
  out_.open_object();
  for (const auto& [name, function] : interface.functions) {
    out_.key(name);
    this->function(function);
  }
  out_.close();
  docs(interface.docs);
  stability(interface.stability);
  out_.key("package");
  out_.number(interface.package.index);
  out_.close();
}

void JsonPrinter::world_items(std::string_view key, const WorldItems& items) {
  out_.key(key);
  out_.open_object();
  for (const auto& [name, item] : items) {
    out_.key(name.is_interface() ? "interface-" + std::to_string(name.interface.index) : name.name);
    if (const auto* function = std::get_if<Function>(&item)) {
      out_.open_tagged("function");
      this->function(*function);
      out_.close();
    } else if (const auto* type = std::get_if<WorldType>(&item)) {
      out_.open_tagged("type");
      out_.number(type->id.index);
      out_.close();
    } else {
      const auto& interface = std::get<WorldInterface>(item);
      out_.open_tagged("interface");
      out_.open_object();
      out_.key("id");
      out_.number(interface.id.index);
      stability(interface.stability);
      external_id(interface.external_id);
      docs(interface.docs);
      out_.close();
      out_.close();
    }
  }
  out_.close();
}

void JsonPrinter::world(const World& world) {
  out_.open_object();
  out_.key("name");
  out_.string(world.name);
  world_items("imports", world.imports);
  world_items("exports", world.exports);
  out_.key("package");
  out_.number(world.package.index);
  docs(world.docs);
  stability(world.stability);
  out_.close();
}

void JsonPrinter::package(const Package& package) {
  out_.open_object();
  out_.key("name");
  out_.string(to_string(package.name));
  docs(package.docs);
  ids("interfaces", package.interfaces);
  ids("worlds", package.worlds);
  out_.close();
}

}  // namespace

std::string to_json(const Resolve& resolve) { return JsonPrinter(resolve).run(); }

}  // namespace weir::wit
