#include "wit/binary/encode.h"

#include <algorithm>
#include <map>
#include <span>
#include <string_view>

#include "wit/binary/codes.h"
#include "wit/binary/interface_order.h"
#include "wit/binary/package_docs.h"
#include "wit/binary/type_encoder.h"

namespace weir::wit {
namespace {

using namespace binary;

class ComponentWriter {
 public:
  ComponentWriter() { out_.bytes(kComponentHeader); }

  // Exports a type, each in sections of its own; every export introduces another index.
  void export_type(std::string_view name, const wasm::Writer& definition) {
    wasm::Writer types;
    types.u32(1);
    types.bytes(definition.data());
    out_.section(kTypeSection, types.data());
    wasm::Writer exports;
    exports.u32(1);
    write(exports, ExternName{std::string(name), "", {}});
    exports.byte(kTypeSort);
    exports.u32(types_);
    exports.byte(0);
    out_.section(kExportSection, exports.data());
    types_ += 2;
  }

  void custom_section(std::string_view name, std::span<const uint8_t> content) {
    wasm::Writer section;
    section.name(name);
    section.bytes(content);
    out_.section(kCustomSection, section.data());
  }

  void producers(const std::vector<Producer>& producers) {
    if (producers.empty()) return;
    std::map<std::string_view, std::vector<const Producer*>> fields;
    for (const Producer& producer : producers) fields[producer.field].push_back(&producer);
    wasm::Writer content;
    content.u32(static_cast<uint32_t>(fields.size()));
    for (const auto& [field, values] : fields) {
      content.name(field);
      content.u32(static_cast<uint32_t>(values.size()));
      for (const Producer* value : values) {
        content.name(value->name);
        content.name(value->version);
      }
    }
    custom_section("producers", content.data());
  }

  std::vector<uint8_t> take() { return out_.take(); }

 private:
  wasm::Writer out_;
  uint32_t types_ = 0;
};

wasm::Writer interface_definition(const Resolve& resolve, InterfaceId id) {
  TypeEncoder encoder(resolve);
  std::vector<InterfaceId> order;
  std::vector<bool> seen(resolve.interfaces.size());
  add_needed(resolve, id, seen, order);
  order.push_back(id);
  for (InterfaceId each : order) {
    encoder.add_interface(each != id, {resolve.id_of(each), "", {}}, each, each != id);
  }
  return encoder.finish();
}

ExternName extern_name(const Resolve& resolve, const WorldKey& key, const WorldItem& item) {
  ExternName name{resolve.name_of(key), "", {}};
  if (const auto* interface = std::get_if<WorldInterface>(&item)) {
    if (!key.is_interface()) name.implements = resolve.id_of(interface->id);
    name.external_id = interface->external_id;
  } else if (const auto* function = std::get_if<Function>(&item)) {
    name.external_id = function->external_id;
  }
  return name;
}

void add_items(const Resolve& resolve, bool import, const WorldItems& items, TypeEncoder& encoder) {
  for (const auto& [key, item] : items) {
    ExternName name = extern_name(resolve, key, item);
    if (const auto* interface = std::get_if<WorldInterface>(&item)) {
      encoder.add_interface(import, name, interface->id, false);
    } else if (const auto* type = std::get_if<WorldType>(&item)) {
      encoder.add_import_type(type->id);
    } else {
      encoder.add_function(import, name, std::get<Function>(item));
    }
  }
}

// A component type that exports the world under its full name.
wasm::Writer world_definition(const Resolve& resolve, WorldId id) {
  TypeEncoder encoder(resolve);
  add_items(resolve, true, resolve[id].imports, encoder);
  add_items(resolve, false, resolve[id].exports, encoder);
  Declarations wrapper;
  uint32_t type = wrapper.type(encoder.finish());
  wrapper.component({resolve.id_of(id), "", {}}, type);
  return wrapper.definition(kComponent);
}

}  // namespace

std::vector<uint8_t> encode_package(const Resolve& resolve, PackageId id,
                                    const std::vector<Producer>& producers) {
  ComponentWriter out;
  const Package& package = resolve[id];
  for (const auto& [name, interface] : package.interfaces) {
    out.export_type(name, interface_definition(resolve, interface));
  }
  for (const auto& [name, world] : package.worlds) {
    out.export_type(name, world_definition(resolve, world));
  }
  std::string docs = package_docs(resolve, id);
  wasm::Writer section;
  section.byte(kPackageDocsVersion);
  section.bytes({reinterpret_cast<const uint8_t*>(docs.data()), docs.size()});
  out.custom_section(kPackageDocs, section.data());
  out.producers(producers);
  return out.take();
}

std::vector<uint8_t> encode_world(const Resolve& resolve, WorldId id, StringEncoding encoding,
                                  const std::vector<Producer>& producers) {
  ComponentWriter out;
  const uint8_t content[] = {kEncodingVersion, static_cast<uint8_t>(encoding)};
  out.custom_section(kEncodingSection, content);
  out.export_type(resolve[id].name, world_definition(resolve, id));
  out.producers(producers);
  return out.take();
}

}  // namespace weir::wit
