#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include "component/definitions.h"
#include "component/universe.h"
#include "wit/accessor.h"

namespace weir::component {

// An entry of a core type index space.
using CoreAny = std::variant<wasm::CoreTypeId, ModuleTypeId>;

// The exports of a core instance.
using CoreExports = std::shared_ptr<const std::unordered_map<std::string, wasm::ExternType>>;

// The names of one kind (imports or exports) of one scope.
struct NameSpace {
  // What `unique_key` makes of them.
  std::unordered_set<std::string> keys;
  // The getter or setter that came first, by its name without its accessor.
  std::unordered_map<std::string, wit::Accessor> accessors;
  // Resources that were imported or exported at the top of the scope, by label.
  std::unordered_map<std::string, ResourceId> resources;
  // Keys of the types that imports or exports may mention.
  std::unordered_set<uint64_t> types;
};

// A component, component type or instance type while it is read: its index spaces.
struct Scope {
  enum class Kind { component, component_type, instance_type };

  Scope(Kind kind, Scope* outer) : kind(kind), outer(outer) {}

  Kind kind;
  Scope* outer;
  // Exports that were only gathered introduce no resources for names such as `[method]r.f`.
  bool bag = false;

  std::vector<CoreAny> core_types;
  std::vector<ModuleTypeId> modules;
  std::vector<CoreExports> core_instances;
  std::vector<wasm::CoreTypeId> core_funcs;
  std::vector<wasm::ExternType> tables;
  std::vector<wasm::ExternType> memories;
  std::vector<wasm::ExternType> globals;
  std::vector<wasm::CoreTypeId> tags;

  std::vector<FuncTypeId> funcs;
  std::vector<AnyType> types;
  std::vector<ComponentTypeId> components;
  std::vector<InstanceTypeId> instances;

  ExternList imports;
  ExternList exports;
  NameSpace import_names;
  NameSpace export_names;

  // Canonical resources that imports introduced, in order, and that are of this scope.
  std::vector<ResourceId> imported;
  std::vector<ResourceId> defined;
  // Those of `defined` that a resource type definition of this component made.
  std::unordered_set<uint32_t> local;
  // Canonical resources that are exported somewhere.
  std::unordered_set<uint32_t> exported;

  std::vector<Definition> definitions;
};

}  // namespace weir::component
