#include "tools/component/component_writer.h"

namespace weir::tools {
namespace {

constexpr uint8_t kCoreModule = 1;
constexpr uint8_t kCoreInstance = 2;
constexpr uint8_t kComponent = 4;
constexpr uint8_t kInstance = 5;
constexpr uint8_t kAlias = 6;
constexpr uint8_t kType = 7;
constexpr uint8_t kCanon = 8;
constexpr uint8_t kImport = 10;
constexpr uint8_t kExport = 11;

}  // namespace

void CanonOptions::write(wasm::Writer& out) const {
  uint32_t count = 1 + memory.has_value() + realloc.has_value() + post_return.has_value() + async +
                   callback.has_value();
  out.u32(count);
  out.byte(encoding);
  auto index = [&](uint8_t code, const std::optional<uint32_t>& value) {
    if (!value) return;
    out.byte(code);
    out.u32(*value);
  };
  index(0x03, memory);
  index(0x04, realloc);
  index(0x05, post_return);
  if (async) out.byte(0x06);
  index(0x07, callback);
}

ComponentWriter::ComponentWriter() {
  const uint8_t header[] = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};
  out_.bytes(header);
}

wasm::Writer& ComponentWriter::in(uint8_t section) {
  if (section != section_) flush();
  section_ = section;
  ++count_;
  return content_;
}

void ComponentWriter::flush() {
  if (count_ == 0) return;
  wasm::Writer whole;
  whole.u32(count_);
  whole.bytes(content_.data());
  out_.section(section_, whole.data());
  content_ = {};
  count_ = 0;
  section_ = 0;
}

uint32_t ComponentWriter::core_module(std::span<const uint8_t> bytes) {
  flush();
  out_.section(kCoreModule, bytes);
  return core_modules_++;
}

uint32_t ComponentWriter::component(std::span<const uint8_t> bytes) {
  flush();
  out_.section(kComponent, bytes);
  return components_++;
}

uint32_t ComponentWriter::core_instance(
    uint32_t module, const std::vector<std::pair<std::string, uint32_t>>& arguments) {
  wasm::Writer& out = in(kCoreInstance);
  out.byte(0x00);
  out.u32(module);
  out.u32(static_cast<uint32_t>(arguments.size()));
  for (const auto& [name, instance] : arguments) {
    out.name(name);
    out.byte(0x12);
    out.u32(instance);
  }
  return core_instances_++;
}

uint32_t ComponentWriter::core_bag(const std::vector<CoreItem>& items) {
  wasm::Writer& out = in(kCoreInstance);
  out.byte(0x01);
  out.u32(static_cast<uint32_t>(items.size()));
  for (const CoreItem& item : items) {
    out.name(item.name);
    out.byte(static_cast<uint8_t>(item.sort));
    out.u32(item.index);
  }
  return core_instances_++;
}

uint32_t ComponentWriter::core_alias(uint32_t instance, CoreSort sort, std::string_view name) {
  wasm::Writer& out = in(kAlias);
  out.byte(0x00);
  out.byte(static_cast<uint8_t>(sort));
  out.byte(0x01);
  out.u32(instance);
  out.name(name);
  return core_items_[static_cast<uint8_t>(sort)]++;
}

uint32_t ComponentWriter::type(const wasm::Writer& definition) {
  in(kType).bytes(definition.data());
  return types_++;
}

uint32_t ComponentWriter::resource(std::optional<uint32_t> destructor) {
  wasm::Writer& out = in(kType);
  out.byte(0x3f);
  out.byte(0x7f);
  out.byte(destructor ? 1 : 0);
  if (destructor) out.u32(*destructor);
  return types_++;
}

uint32_t ComponentWriter::alias_type(uint32_t instance, std::string_view name) {
  wasm::Writer& out = in(kAlias);
  out.byte(0x03);
  out.byte(0x00);
  out.u32(instance);
  out.name(name);
  return types_++;
}

uint32_t ComponentWriter::alias_outer_type(uint32_t index) {
  wasm::Writer& out = in(kAlias);
  out.byte(0x03);
  out.byte(0x02);
  out.u32(1);
  out.u32(index);
  return types_++;
}

uint32_t ComponentWriter::alias_func(uint32_t instance, std::string_view name) {
  wasm::Writer& out = in(kAlias);
  out.byte(0x01);
  out.byte(0x00);
  out.u32(instance);
  out.name(name);
  return funcs_++;
}

uint32_t ComponentWriter::instance(uint32_t component,
                                   const std::vector<ComponentItem>& arguments) {
  wasm::Writer& out = in(kInstance);
  out.byte(0x00);
  out.u32(component);
  out.u32(static_cast<uint32_t>(arguments.size()));
  for (const ComponentItem& item : arguments) {
    out.name(item.name);
    out.byte(static_cast<uint8_t>(item.sort));
    out.u32(item.index);
  }
  return instances_++;
}

void ComponentWriter::name(wasm::Writer& out, std::string_view name,
                           std::span<const uint8_t> attributes) {
  out.byte(attributes.empty() ? 0x00 : 0x02);
  out.name(name);
  out.bytes(attributes);
}

uint32_t ComponentWriter::import_func(std::string_view name, std::span<const uint8_t> attributes,
                                      uint32_t type) {
  wasm::Writer& out = in(kImport);
  this->name(out, name, attributes);
  out.byte(0x01);
  out.u32(type);
  return funcs_++;
}

uint32_t ComponentWriter::import_instance(std::string_view name,
                                          std::span<const uint8_t> attributes, uint32_t type) {
  wasm::Writer& out = in(kImport);
  this->name(out, name, attributes);
  out.byte(0x05);
  out.u32(type);
  return instances_++;
}

uint32_t ComponentWriter::import_type(std::string_view name, std::optional<uint32_t> equal) {
  wasm::Writer& out = in(kImport);
  this->name(out, name, {});
  out.byte(0x03);
  out.byte(equal ? 0x00 : 0x01);
  if (equal) out.u32(*equal);
  return types_++;
}

uint32_t ComponentWriter::export_item(std::string_view name, std::span<const uint8_t> attributes,
                                      ComponentSort sort, uint32_t index,
                                      std::optional<uint32_t> type) {
  wasm::Writer& out = in(kExport);
  this->name(out, name, attributes);
  out.byte(static_cast<uint8_t>(sort));
  out.u32(index);
  out.byte(type ? 1 : 0);
  if (type) {
    out.byte(static_cast<uint8_t>(sort));
    out.u32(*type);
  }
  switch (sort) {
    case ComponentSort::func:
      return funcs_++;
    case ComponentSort::type:
      return types_++;
    case ComponentSort::component:
      return components_++;
    case ComponentSort::instance:
      return instances_++;
  }
  return 0;
}

uint32_t ComponentWriter::lift(uint32_t core, const CanonOptions& options, uint32_t type) {
  wasm::Writer& out = in(kCanon);
  out.byte(0x00);
  out.byte(0x00);
  out.u32(core);
  options.write(out);
  out.u32(type);
  return funcs_++;
}

uint32_t ComponentWriter::lower(uint32_t func, const CanonOptions& options) {
  wasm::Writer& out = in(kCanon);
  out.byte(0x01);
  out.byte(0x00);
  out.u32(func);
  options.write(out);
  return core_items_[0]++;
}

uint32_t ComponentWriter::builtin(const wasm::Writer& code) {
  in(kCanon).bytes(code.data());
  return core_items_[0]++;
}

void ComponentWriter::custom(std::string_view name, std::span<const uint8_t> content) {
  flush();
  wasm::Writer section;
  section.name(name);
  section.bytes(content);
  out_.section(0, section.data());
}

std::vector<uint8_t> ComponentWriter::finish() {
  flush();
  return out_.take();
}

}  // namespace weir::tools
