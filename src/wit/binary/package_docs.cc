#include "wit/binary/package_docs.h"

#include "wit/json_writer.h"

namespace weir::wit::binary {
namespace {

// Each `write_*` adds a member `name` to the object that is open, unless there is nothing to say;
// objects are opened by the first member in them.
class DocsWriter {
 public:
  explicit DocsWriter(const Resolve& resolve)
      : resolve_(resolve), out_(JsonWriter::Form::compact) {}

  std::string run(const Package& package);

 private:
  // An object that is written only if something is put into it.
  class Object {
   public:
    Object(DocsWriter& writer, Object* outer, std::string_view name)
        : writer_(writer), outer_(outer), name_(name) {}
    ~Object() {
      if (open_) writer_.out_.close();
    }
    Object(const Object&) = delete;
    Object& operator=(const Object&) = delete;

    void key(std::string_view name) {
      open();
      writer_.out_.key(name);
    }
    void open() {
      if (open_) return;
      if (outer_) outer_->key(name_);
      writer_.out_.open_object();
      open_ = true;
    }

   private:
    DocsWriter& writer_;
    Object* outer_;
    std::string_view name_;
    bool open_ = false;
  };

  void docs(Object& in, const std::string& docs);
  void stability(Object& in, const Stability& stability, std::string_view name = "stability");
  void type(Object& in, std::string_view name, TypeId id);
  void function(Object& in, const Function& function);
  void interface(Object& in, std::string_view name, InterfaceId id);
  void world(Object& in, const World& world);

  const Resolve& resolve_;
  JsonWriter out_;
};

void DocsWriter::docs(Object& in, const std::string& docs) {
  if (docs.empty()) return;
  in.key("docs");
  out_.string(docs);
}

void DocsWriter::stability(Object& in, const Stability& stability, std::string_view name) {
  if (!stability.known()) return;
  bool stable = stability.kind() == Stability::Kind::stable;
  in.key(name);
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

void DocsWriter::type(Object& in, std::string_view name, TypeId id) {
  const TypeDef& def = resolve_[id];
  Object object(*this, &in, name);
  docs(object, def.docs);
  stability(object, def.stability);
  Object items(*this, &object, "items");
  auto each = [&](const auto& parts) {
    for (const auto& part : parts) {
      if (part.docs.empty()) continue;
      items.key(part.name);
      out_.string(part.docs);
    }
  };
  if (const auto* record = std::get_if<Record>(&def.shape)) each(record->fields);
  if (const auto* variant = std::get_if<Variant>(&def.shape)) each(variant->cases);
  if (const auto* enumeration = std::get_if<Enum>(&def.shape)) each(enumeration->cases);
  if (const auto* flags = std::get_if<Flags>(&def.shape)) each(flags->flags);
}

void DocsWriter::function(Object& in, const Function& function) {
  Object object(*this, &in, function.name);
  docs(object, function.docs);
  stability(object, function.stability);
}

void DocsWriter::interface(Object& in, std::string_view name, InterfaceId id) {
  const Interface& interface = resolve_[id];
  Object object(*this, &in, name);
  docs(object, interface.docs);
  stability(object, interface.stability);
  {
    Object functions(*this, &object, "funcs");
    for (const auto& [unused, each] : interface.functions) function(functions, each);
  }
  Object types(*this, &object, "types");
  for (const auto& [type_name, each] : interface.types) type(types, type_name, each);
}

void DocsWriter::world(Object& in, const World& world) {
  Object object(*this, &in, world.name);
  docs(object, world.docs);
  stability(object, world.stability);
  // Whether it is declared in the world itself, so that its docs are nowhere else.
  auto is_inline = [&](const WorldInterface& item) { return resolve_[item.id].name.empty(); };
  auto inline_interfaces = [&](std::string_view group, const WorldItems& items) {
    Object members(*this, &object, group);
    for (const auto& [key, item] : items) {
      const auto* found = std::get_if<WorldInterface>(&item);
      if (found && is_inline(*found)) interface(members, key.name, found->id);
    }
  };
  auto functions = [&](std::string_view group, const WorldItems& items) {
    Object members(*this, &object, group);
    for (const auto& [key, item] : items) {
      if (const auto* found = std::get_if<Function>(&item)) function(members, *found);
    }
  };
  auto gates = [&](std::string_view group, const WorldItems& items) {
    Object members(*this, &object, group);
    for (const auto& [key, item] : items) {
      const auto* found = std::get_if<WorldInterface>(&item);
      if (!found || is_inline(*found)) continue;
      stability(members, found->stability, resolve_.name_of(key));
    }
  };
  auto item_docs = [&](std::string_view group, const WorldItems& items) {
    Object members(*this, &object, group);
    for (const auto& [key, item] : items) {
      const auto* found = std::get_if<WorldInterface>(&item);
      if (!found || is_inline(*found) || found->docs.empty()) continue;
      members.key(resolve_.name_of(key));
      out_.string(found->docs);
    }
  };
  inline_interfaces("interfaces", world.imports);
  {
    Object types(*this, &object, "types");
    for (const auto& [key, item] : world.imports) {
      if (const auto* found = std::get_if<WorldType>(&item)) type(types, key.name, found->id);
    }
  }
  functions("funcs", world.imports);
  inline_interfaces("interface_exports", world.exports);
  functions("func_exports", world.exports);
  gates("interface_import_stability", world.imports);
  gates("interface_export_stability", world.exports);
  item_docs("interface_import_docs", world.imports);
  item_docs("interface_export_docs", world.exports);
}

std::string DocsWriter::run(const Package& package) {
  {
    Object root(*this, nullptr, "");
    root.open();
    docs(root, package.docs);
    {
      Object worlds(*this, &root, "worlds");
      for (const auto& [unused, id] : package.worlds) world(worlds, resolve_[id]);
    }
    Object interfaces(*this, &root, "interfaces");
    for (const auto& [name, id] : package.interfaces) interface(interfaces, name, id);
  }
  return out_.take();
}

}  // namespace

std::string package_docs(const Resolve& resolve, PackageId id) {
  return DocsWriter(resolve).run(resolve[id]);
}

}  // namespace weir::wit::binary
