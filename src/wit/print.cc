#include "wit/print.h"

#include <cstdio>
#include <unordered_map>
#include <utility>

#include "wit/text/characters.h"
#include "wit/text/token.h"
#include "wit/writer.h"

namespace weir::wit {
namespace {

// Text is handed out once there is so much of it.
constexpr size_t kPiece = 8192;

void append_name(std::string& text, std::string_view name) {
  text.append(escape_of(name)).append(name);
}

// `wasi:http`
void append_package(std::string& text, const PackageName& name) {
  append_name(text, name.space);
  text += ":";
  append_name(text, name.name);
}

void append_version(std::string& text, const PackageName& name) {
  if (name.version) text.append("@").append(to_string(*name.version));
}

std::string quoted(std::string_view text) {
  std::string literal = "\"";
  while (!text.empty()) {
    Decoded decoded = decode_utf8(text);
    uint32_t bytes = decoded.bytes == 0 ? 1 : decoded.bytes;
    char c = text[0];
    if (c == '"' || c == '\\') {
      literal.append(1, '\\').append(1, c);
    } else if (decoded.value >= 0x20 && decoded.value < 0x7f) {
      literal.push_back(c);
    } else {
      char code[16];
      std::snprintf(code, sizeof code, "\\u{%x}", static_cast<unsigned>(decoded.value));
      literal += code;
    }
    text.remove_prefix(bytes);
  }
  return literal + "\"";
}

class Printer {
 public:
  Printer(const Resolve& resolve, const std::function<void(std::string_view)>& write)
      : resolve_(resolve), write_(write) {
    out_.reserve(2 * kPiece);
  }

  void package(PackageId id, bool nested);
  void hand_out() {
    write_(out_.text());
    out_.forget();
  }

 private:
  using ResourceFunctions = std::unordered_map<uint32_t, std::vector<const Function*>>;

  void head(const std::string& docs, const Stability& stability,
            const std::optional<std::string>& external_id = std::nullopt);
  const std::string& version(const Version& version);
  void interface_body(const Interface& interface);
  void world(const World& world);
  void world_item(const char* keyword, const WorldKey& key, const WorldItem& item);
  void types(const std::vector<TypeId>& types, const ResourceFunctions& functions);
  void uses(const std::vector<TypeId>& types);
  void type_def(TypeId id, const ResourceFunctions& functions);
  void members(const char* keyword, const TypeDef& def);
  void resource(const TypeDef& def, const std::vector<const Function*>& functions);
  const std::string& signature(const Function& function);
  const std::string& type(Type type);
  const std::string& path(InterfaceId id);
  void append_path(std::string& text, InterfaceId id) const;
  bool is_shorthand(const Function& function) const;

  const Resolve& resolve_;
  const std::function<void(std::string_view)>& write_;
  PackageId package_;
  Writer out_;
  // What `signature`, `type` and `path` return, until the next of these calls.
  std::string part_;
  // The version that was printed last, which most gates share, and its text.
  const Version* version_ = nullptr;
  std::string version_text_;
};

void Printer::package(PackageId id, bool nested) {
  package_ = id;
  const Package& package = resolve_[id];
  out_.gap();
  out_.comment("///", package.docs);
  std::string line = "package ";
  append_package(line, package.name);
  append_version(line, package.name);
  if (nested) {
    out_.open(line, " {");
  } else {
    out_.line(line, ";");
  }
  for (const auto& [name, interface_id] : package.interfaces) {
    const Interface& interface = resolve_[interface_id];
    out_.gap();
    head(interface.docs, interface.stability);
    out_.open("interface ", escape_of(name), name, " {");
    interface_body(interface);
    out_.close("}");
    if (out_.text().size() >= kPiece) hand_out();
  }
  for (const auto& [name, world_id] : package.worlds) {
    const World& world = resolve_[world_id];
    out_.gap();
    head(world.docs, world.stability);
    out_.open("world ", escape_of(name), name, " {");
    this->world(world);
    out_.close("}");
    if (out_.text().size() >= kPiece) hand_out();
  }
  if (nested) out_.close("}");
}

void Printer::head(const std::string& docs, const Stability& stability,
                   const std::optional<std::string>& external_id) {
  out_.comment("///", docs);
  if (stability.kind() == Stability::Kind::stable) {
    out_.line("@since(version = ", version(stability.since()), ")");
  } else if (stability.kind() == Stability::Kind::unstable) {
    out_.line("@unstable(feature = ", escape_of(stability.feature()), stability.feature(), ")");
  }
  if (stability.deprecated()) {
    out_.line("@deprecated(version = ", version(*stability.deprecated()), ")");
  }
  if (external_id) out_.line("@external-id(", quoted(*external_id), ")");
}

const std::string& Printer::version(const Version& version) {
  if (&version != version_) version_text_ = to_string(*(version_ = &version));
  return version_text_;
}

void Printer::interface_body(const Interface& interface) {
  std::vector<TypeId> type_ids;
  for (const auto& [name, id] : interface.types) type_ids.push_back(id);
  ResourceFunctions of_resources;
  for (const auto& [name, function] : interface.functions) {
    if (function.resource.valid()) of_resources[function.resource.index].push_back(&function);
  }
  types(type_ids, of_resources);
  for (const auto& [name, function] : interface.functions) {
    if (function.resource.valid()) continue;
    out_.gap();
    head(function.docs, function.stability, function.external_id);
    std::string_view written = function.item_name();
    out_.line(escape_of(written), written, ": ", signature(function), ";");
  }
}

// Interfaces, types and functions, as the imports are ordered; exports last.
void Printer::world(const World& world) {
  std::vector<TypeId> type_ids;
  ResourceFunctions of_resources;
  for (const auto& [key, item] : world.imports) {
    if (const auto* type = std::get_if<WorldType>(&item)) type_ids.push_back(type->id);
    const auto* function = std::get_if<Function>(&item);
    if (function && function->resource.valid()) {
      of_resources[function->resource.index].push_back(function);
    }
  }
  for (const auto& [key, item] : world.imports) {
    if (std::holds_alternative<WorldInterface>(item)) world_item("import ", key, item);
  }
  types(type_ids, of_resources);
  bool first = true;
  for (const auto& [key, item] : world.imports) {
    const auto* function = std::get_if<Function>(&item);
    if (!function || function->resource.valid()) continue;
    if (std::exchange(first, false)) out_.gap();
    world_item("import ", key, item);
  }
  first = true;
  for (const auto& [key, item] : world.exports) {
    if (std::exchange(first, false)) out_.gap();
    world_item("export ", key, item);
  }
}

void Printer::world_item(const char* keyword, const WorldKey& key, const WorldItem& item) {
  if (const auto* function = std::get_if<Function>(&item)) {
    head(function->docs, function->stability, function->external_id);
    std::string_view name = function->item_name();
    out_.line(keyword, escape_of(name), name, ": ", signature(*function), ";");
    return;
  }
  const auto& item_interface = std::get<WorldInterface>(item);
  const Interface& interface = resolve_[item_interface.id];
  bool is_inline = interface.name.empty();
  head(is_inline ? interface.docs : item_interface.docs, item_interface.stability,
       item_interface.external_id);
  if (is_inline) {
    out_.open(keyword, escape_of(key.name), key.name, ": interface {");
    interface_body(interface);
    out_.close("}");
  } else if (key.is_interface()) {
    out_.line(keyword, path(item_interface.id), ";");
  } else {
    out_.line(keyword, escape_of(key.name), key.name, ": ", path(item_interface.id), ";");
  }
}

const std::string& Printer::type(Type type) {
  part_.clear();
  append_type(part_, resolve_.types, type);
  return part_;
}

const std::string& Printer::path(InterfaceId id) {
  part_.clear();
  append_path(part_, id);
  return part_;
}

void Printer::append_path(std::string& text, InterfaceId id) const {
  const Interface& interface = resolve_[id];
  const PackageName& package = resolve_[interface.package].name;
  bool own = interface.package == package_;
  if (!own) {
    append_package(text, package);
    text += "/";
  }
  append_name(text, interface.name);
  if (!own) append_version(text, package);
}

void Printer::types(const std::vector<TypeId>& types, const ResourceFunctions& functions) {
  uses(types);
  for (TypeId id : types) {
    if (resolve_.used_type(id)) continue;
    out_.gap();
    type_def(id, functions);
  }
}

// One `use` for neighbours from the same interface with the same gates.
void Printer::uses(const std::vector<TypeId>& types) {
  std::string line;
  const TypeDef* group = nullptr;
  InterfaceId from;
  bool first = true;
  auto flush = [&] {
    if (!group) return;
    if (std::exchange(first, false)) out_.gap();
    head("", group->stability, group->external_id);
    out_.line(line, "};");
    group = nullptr;
  };
  for (TypeId id : types) {
    auto used = resolve_.used_type(id);
    if (!used) continue;
    const TypeDef& def = resolve_[id];
    const TypeDef& source = resolve_[*used];
    InterfaceId source_interface = source.owner.interface();
    if (group && from == source_interface && group->stability == def.stability &&
        group->external_id == def.external_id) {
      line += ", ";
    } else {
      flush();
      group = &def;
      from = source_interface;
      line = "use ";
      append_path(line, from);
      line += ".{";
    }
    append_name(line, source.name);
    if (source.name != def.name) {
      line += " as ";
      append_name(line, def.name);
    }
  }
  flush();
}

void Printer::type_def(TypeId id, const ResourceFunctions& functions) {
  const TypeDef& def = resolve_[id];
  head(def.docs, def.stability, def.external_id);
  if (std::holds_alternative<Record>(def.shape)) return members("record ", def);
  if (std::holds_alternative<Variant>(def.shape)) return members("variant ", def);
  if (std::holds_alternative<Enum>(def.shape)) return members("enum ", def);
  if (std::holds_alternative<Flags>(def.shape)) return members("flags ", def);
  if (std::holds_alternative<Resource>(def.shape)) {
    auto own = functions.find(id.index);
    return resource(def, own == functions.end() ? std::vector<const Function*>() : own->second);
  }
  std::string target;
  if (const auto* own = std::get_if<Own>(&def.shape)) {
    // Unlike an alias of the resource, this is the type of a handle.
    target = "own<";
    append_name(target, resolve_[own->resource].name);
    target += ">";
  } else if (const auto* alias = std::get_if<Alias>(&def.shape)) {
    target = type(alias->target);
  } else {
    target = print_shape(resolve_.types, def.shape);
  }
  out_.line("type ", escape_of(def.name), def.name, " = ", target, ";");
}

void Printer::members(const char* keyword, const TypeDef& def) {
  out_.open(keyword, escape_of(def.name), def.name, " {");
  auto labels = [&](const std::vector<Label>& all) {
    for (const Label& label : all) {
      out_.comment("///", label.docs);
      out_.line(escape_of(label.name), label.name, ",");
    }
  };
  if (const auto* record = std::get_if<Record>(&def.shape)) {
    for (const Field& field : record->fields) {
      out_.comment("///", field.docs);
      out_.line(escape_of(field.name), field.name, ": ", type(field.type), ",");
    }
  } else if (const auto* variant = std::get_if<Variant>(&def.shape)) {
    for (const Case& c : variant->cases) {
      out_.comment("///", c.docs);
      if (c.type) {
        out_.line(escape_of(c.name), c.name, "(", type(*c.type), "),");
      } else {
        out_.line(escape_of(c.name), c.name, ",");
      }
    }
  } else if (const auto* e = std::get_if<Enum>(&def.shape)) {
    labels(e->cases);
  } else {
    labels(std::get<Flags>(def.shape).flags);
  }
  out_.close("}");
}

void Printer::resource(const TypeDef& def, const std::vector<const Function*>& functions) {
  if (functions.empty()) {
    out_.line("resource ", escape_of(def.name), def.name, ";");
    return;
  }
  out_.open("resource ", escape_of(def.name), def.name, " {");
  for (const Function* function : functions) {
    head(function->docs, function->stability, function->external_id);
    if (function->kind == Function::Kind::constructor) {
      out_.line(signature(*function), ";");
    } else {
      std::string_view name = function->item_name();
      out_.line(escape_of(name), name,
                function->kind == Function::Kind::static_ ? ": static " : ": ",
                signature(*function), ";");
    }
  }
  out_.close("}");
}

// A constructor that returns its resource does not say so.
bool Printer::is_shorthand(const Function& function) const {
  if (function.kind != Function::Kind::constructor || !function.result) return false;
  return !resolve_.types.get<ResultType>(*function.result);
}

const std::string& Printer::signature(const Function& function) {
  std::string& text = part_;
  text = function.async ? "async " : "";
  if (function.kind == Function::Kind::constructor) {
    text += "constructor(";
  } else if (function.accessor == Accessor::none) {
    text += "func(";
  } else {
    text += function.accessor == Accessor::getter ? "get(" : "set(";
  }
  size_t first = function.kind == Function::Kind::method ? 1 : 0;
  for (size_t i = first; i < function.params.size(); ++i) {
    if (i > first) text += ", ";
    append_name(text, function.params[i].name);
    text += ": ";
    append_type(text, resolve_.types, function.params[i].type);
  }
  text += ")";
  if (function.result && !is_shorthand(function)) {
    text += " -> ";
    append_type(text, resolve_.types, *function.result);
  }
  return text;
}

}  // namespace

std::string print_package(const Resolve& resolve, PackageId id) {
  return print_packages(resolve, id, {});
}

std::string print_packages(const Resolve& resolve, PackageId main,
                           const std::vector<PackageId>& others) {
  std::string text;
  print_packages(resolve, main, others, [&](std::string_view piece) { text += piece; });
  return text;
}

void print_packages(const Resolve& resolve, PackageId main, const std::vector<PackageId>& others,
                    const std::function<void(std::string_view)>& write) {
  Printer printer(resolve, write);
  printer.package(main, false);
  for (PackageId id : others) {
    if (id != main) printer.package(id, true);
  }
  printer.hand_out();
}

}  // namespace weir::wit
