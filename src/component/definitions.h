#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "component/plan.h"
#include "component/universe.h"

// What a component is made of, decoded and validated: its definitions in order. Indices refer to
// the index spaces that the definitions before it have built; types are resolved.
namespace weir::component {

enum class Sort : uint8_t { module, func, value, type, component, instance };

struct SortIndex {
  Sort sort;
  uint32_t index;
  // For the sort `type`.
  AnyType type;
};

struct NamedIndex {
  std::string name;
  SortIndex what;
};

struct ModuleDefinition {
  ModuleId module;
};
struct ComponentDefinition {
  // In `Decoded::components`.
  uint32_t component;
};
struct CoreInstantiation {
  uint32_t module;
  // Import module name, core instance.
  std::vector<std::pair<std::string, uint32_t>> args;
};
struct CoreNamedIndex {
  std::string name;
  wasm::ExternKind kind;
  uint32_t index;
};
// A core instance made of exports of others.
struct CoreBag {
  std::vector<CoreNamedIndex> exports;
};
struct Instantiation {
  uint32_t component;
  std::vector<NamedIndex> args;
  // Of the instance that results.
  InstanceTypeId type;
};
// An instance made of definitions.
struct Bag {
  std::vector<NamedIndex> exports;
};
struct ExportAlias {
  Sort sort;
  uint32_t instance;
  std::string name;
};
struct CoreExportAlias {
  wasm::ExternKind kind;
  uint32_t instance;
  std::string name;
};
// Of modules and components; types need none, since they are resolved.
struct OuterAlias {
  Sort sort;
  // How many components out; 0 is this one.
  uint32_t count;
  uint32_t index;
};
// A resource type that this component defines.
struct ResourceDefinition {
  ResourceId id;
  std::optional<uint32_t> destructor;
};
struct Options {
  StringEncoding encoding = StringEncoding::utf8;
  bool async = false;
  std::optional<uint32_t> memory;
  std::optional<uint32_t> realloc;
  std::optional<uint32_t> post_return;
  std::optional<uint32_t> callback;
};
struct LiftDefinition {
  uint32_t core;
  Options options;
  FuncTypeId type;
};
struct LowerDefinition {
  uint32_t func;
  Options options;
  FuncTypeId type;
};
struct BuiltinDefinition {
  Builtin kind;
  Options options;
  ResourceId resource;
  std::optional<ValType> type;
  uint32_t slot = 0;
  std::optional<uint32_t> table;
  std::vector<wit::CoreType> params;
  std::vector<wit::CoreType> results;
};
struct ImportDefinition {
  std::string name;
  // Another name for the interface: what an `implements` attribute says, or empty.
  std::string implements;
  ExternType type;
};
struct ExportDefinition {
  std::string name;
  SortIndex what;
  // Its type in the index that the export introduces, if that was ascribed.
  std::optional<ExternType> ascribed;
  ExternType type;
};

using Definition =
    std::variant<ModuleDefinition, ComponentDefinition, CoreInstantiation, CoreBag, Instantiation,
                 Bag, ExportAlias, CoreExportAlias, OuterAlias, ResourceDefinition, LiftDefinition,
                 LowerDefinition, BuiltinDefinition, ImportDefinition, ExportDefinition>;

struct DecodedComponent {
  std::vector<Definition> definitions;
  ComponentTypeId type;
};

// A core module inside of the component's bytes.
struct DecodedModule {
  uint64_t offset;
  uint64_t size;
  wasm::Module module;
  ModuleTypeId type;
  // All of it, if it is small: what only forwards calls, or adapts them, need not be run.
  std::vector<uint8_t> bytes;
};
inline constexpr uint64_t kSmallModule = 256 * 1024;

// Who made a component, from its `producers` sections.
struct Producer {
  std::string field;
  std::string name;
  std::string version;
};

struct Decoded {
  Universe universe;
  std::vector<DecodedModule> modules;
  // Nested ones before those that contain them; the last is the outermost.
  std::vector<DecodedComponent> components;
  std::vector<Producer> producers;
  // The last of `modules`, where something uses the context built-ins: not of the component's bytes
  // (its size there is 0), see context_module.h.
  ModuleId context_module;

  const DecodedComponent& root() const { return components.back(); }
};

}  // namespace weir::component
