#include <nlohmann/json.hpp>
#include <string>

#include "wit/binary/package_docs.h"
#include "wit/text/characters.h"

namespace weir::wit::binary {
namespace {

using Json = nlohmann::json;

// The first error sticks.
class DocsReader {
 public:
  explicit DocsReader(Resolve& resolve) : resolve_(resolve) {}

  Result<void> run(const Json& json, PackageId id);

 private:
  void fail(std::string message) {
    if (error_.empty()) error_ = std::move(message);
  }
  // Calls `f(name, value)` for each member of the object `in[group]`, if there is one.
  template <class F>
  void each(const Json& in, const char* group, F&& f);
  void text(const Json& json, std::string& docs);
  void docs(const Json& in, std::string& docs);
  void stability(const Json& in, Stability& stability);
  std::optional<Version> version(const Json& in, const char* name);
  Stability read_stability(const Json& json);
  void type(const Json& in, TypeId id);
  void function(const Json& in, Function& function);
  void interface(const Json& in, InterfaceId id);
  void world(const Json& in, WorldId id);
  // The import or export of a name, in that order if `either`; null if there is none.
  WorldItem* item(World& world, const std::string& name, bool import);
  WorldInterface* interface_item(World& world, const std::string& name, bool import);

  Resolve& resolve_;
  std::string error_;
};

template <class F>
void DocsReader::each(const Json& in, const char* group, F&& f) {
  auto found = in.find(group);
  if (found == in.end()) return;
  if (!found->is_object()) return fail(std::string("`") + group + "` is no object");
  for (const auto& [name, value] : found->items()) f(name, value);
}

void DocsReader::text(const Json& json, std::string& docs) {
  if (!json.is_string()) return fail("docs are no string");
  const auto& text = json.get_ref<const std::string&>();
  if (!check_characters(text, 0)) return fail("docs hold characters that WIT forbids");
  docs = text;
}

void DocsReader::docs(const Json& in, std::string& docs) {
  if (!in.is_object()) return fail("what should hold docs is no object");
  auto found = in.find("docs");
  if (found != in.end() && !found->is_null()) text(*found, docs);
}

std::optional<Version> DocsReader::version(const Json& in, const char* name) {
  auto found = in.find(name);
  if (found == in.end() || found->is_null()) return std::nullopt;
  std::optional<Version> version =
      found->is_string() ? parse_version(found->get_ref<const std::string&>()) : std::nullopt;
  if (!version) fail(std::string("`") + name + "` of a gate is no version");
  return version;
}

Stability DocsReader::read_stability(const Json& json) {
  if (json == "unknown") return {};
  if (json.is_object() && json.size() == 1 && json.begin()->is_object()) {
    const Json& gate = *json.begin();
    std::optional<Version> deprecated = version(gate, "deprecated");
    if (json.begin().key() == "stable") {
      if (auto since = version(gate, "since")) return Stability::stable(*since, deprecated);
    } else if (json.begin().key() == "unstable") {
      auto feature = gate.find("feature");
      if (feature != gate.end() && feature->is_string() &&
          is_kebab_case(feature->get_ref<const std::string&>())) {
        return Stability::unstable(feature->get<std::string>(), deprecated);
      }
    }
  }
  fail("a gate is neither stable nor unstable");
  return {};
}

void DocsReader::stability(const Json& in, Stability& stability) {
  if (!in.is_object()) return;
  auto found = in.find("stability");
  if (found != in.end()) stability = read_stability(*found);
}

void DocsReader::type(const Json& in, TypeId id) {
  TypeDef& def = resolve_.types.edit(id);
  docs(in, def.docs);
  stability(in, def.stability);
  if (!in.is_object()) return;
  each(in, "items", [&](const std::string& name, const Json& value) {
    bool found = false;
    auto look = [&](auto& parts) {
      for (auto& part : parts) {
        if (part.name != name) continue;
        found = true;
        text(value, part.docs);
      }
    };
    if (auto* record = std::get_if<Record>(&def.shape)) look(record->fields);
    if (auto* variant = std::get_if<Variant>(&def.shape)) look(variant->cases);
    if (auto* enumeration = std::get_if<Enum>(&def.shape)) look(enumeration->cases);
    if (auto* flags = std::get_if<Flags>(&def.shape)) look(flags->flags);
    if (!found) fail("`" + def.name + "` has no part `" + name + "`");
  });
}

void DocsReader::function(const Json& in, Function& function) {
  // Before gates were kept, docs alone stood here.
  if (in.is_null()) return;
  if (in.is_string()) return text(in, function.docs);
  docs(in, function.docs);
  stability(in, function.stability);
}

void DocsReader::interface(const Json& in, InterfaceId id) {
  docs(in, resolve_[id].docs);
  stability(in, resolve_[id].stability);
  if (!in.is_object()) return;
  each(in, "types", [&](const std::string& name, const Json& value) {
    const TypeId* found = resolve_[id].types.find(name);
    if (!found) return fail("there is no type `" + name + "`");
    type(value, *found);
  });
  each(in, "funcs", [&](const std::string& name, const Json& value) {
    Function* found = resolve_[id].functions.find(name);
    if (!found) return fail("there is no function `" + name + "`");
    function(value, *found);
  });
}

WorldItem* DocsReader::item(World& world, const std::string& name, bool import) {
  return (import ? world.imports : world.exports).find(WorldKey::of(name));
}

WorldInterface* DocsReader::interface_item(World& world, const std::string& name, bool import) {
  WorldItems& items = import ? world.imports : world.exports;
  for (auto& [key, item] : items) {
    auto* found = std::get_if<WorldInterface>(&item);
    if (found && resolve_.name_of(key) == name) return found;
  }
  fail("there is no import or export `" + name + "`");
  return nullptr;
}

void DocsReader::world(const Json& in, WorldId id) {
  World& world = resolve_[id];
  docs(in, world.docs);
  stability(in, world.stability);
  if (!in.is_object()) return;
  // The groups for imports also hold exports in older files.
  auto look = [&](const std::string& name, bool export_only) {
    WorldItem* found = export_only ? nullptr : item(world, name, true);
    return found ? found : item(world, name, false);
  };
  auto inline_interfaces = [&](const char* group, bool export_only) {
    each(in, group, [&](const std::string& name, const Json& value) {
      WorldItem* found = look(name, export_only);
      auto* there = found ? std::get_if<WorldInterface>(found) : nullptr;
      if (!there) return fail("there is no interface `" + name + "`");
      stability(value, there->stability);
      interface(value, there->id);
    });
  };
  auto functions = [&](const char* group, bool export_only) {
    each(in, group, [&](const std::string& name, const Json& value) {
      WorldItem* found = look(name, export_only);
      auto* there = found ? std::get_if<Function>(found) : nullptr;
      if (!there) return fail("there is no function `" + name + "`");
      function(value, *there);
    });
  };
  inline_interfaces("interfaces", false);
  inline_interfaces("interface_exports", true);
  functions("funcs", false);
  functions("func_exports", true);
  each(in, "types", [&](const std::string& name, const Json& value) {
    WorldItem* found = item(world, name, true);
    auto* there = found ? std::get_if<WorldType>(found) : nullptr;
    if (!there) return fail("there is no type `" + name + "`");
    type(value, there->id);
  });
  for (bool import : {true, false}) {
    each(in, import ? "interface_import_stability" : "interface_export_stability",
         [&](const std::string& name, const Json& value) {
           if (auto* found = interface_item(world, name, import)) {
             found->stability = read_stability(value);
           }
         });
    each(in, import ? "interface_import_docs" : "interface_export_docs",
         [&](const std::string& name, const Json& value) {
           if (auto* found = interface_item(world, name, import)) text(value, found->docs);
         });
  }
}

Result<void> DocsReader::run(const Json& json, PackageId id) {
  docs(json, resolve_[id].docs);
  if (error_.empty()) {
    each(json, "worlds", [&](const std::string& name, const Json& value) {
      const WorldId* found = resolve_[id].worlds.find(name);
      if (!found) return fail("there is no world `" + name + "`");
      world(value, *found);
    });
    each(json, "interfaces", [&](const std::string& name, const Json& value) {
      const InterfaceId* found = resolve_[id].interfaces.find(name);
      if (!found) return fail("there is no interface `" + name + "`");
      interface(value, *found);
    });
  }
  if (error_.empty()) return {};
  return Err(Error{"the section `package-docs` does not fit the package: " + error_});
}

}  // namespace

Result<void> apply_package_docs(Resolve& resolve, PackageId id, std::string_view json) {
  Json parsed = Json::parse(json, nullptr, false);
  if (parsed.is_discarded()) return Err("the section `package-docs` is not JSON");
  return DocsReader(resolve).run(parsed, id);
}

}  // namespace weir::wit::binary
