#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "component/types.h"
#include "wasm/module.h"

// The types of everything that a component can import, export or contain.
namespace weir::component {

using InstanceTypeId = wit::Id<struct InstanceTypeTag>;
using ComponentTypeId = wit::Id<struct ComponentTypeTag>;
using ModuleTypeId = wit::Id<struct ModuleTypeTag>;

// An entry of a type index space.
struct AnyType {
  enum class Kind : uint8_t { value, func, instance, component, resource };

  Kind kind = Kind::value;
  // A `ValType`'s bits or the index of an id.
  uint32_t bits = 0;

  AnyType() = default;
  AnyType(ValType type) : kind(Kind::value), bits(type.bits()) {}
  AnyType(FuncTypeId id) : kind(Kind::func), bits(id.index) {}
  AnyType(InstanceTypeId id) : kind(Kind::instance), bits(id.index) {}
  AnyType(ComponentTypeId id) : kind(Kind::component), bits(id.index) {}
  AnyType(ResourceId id) : kind(Kind::resource), bits(id.index) {}

  // Each only if `kind` says so.
  ValType value() const {
    constexpr uint32_t kPrim = 0x8000'0000;
    return bits & kPrim ? ValType(static_cast<Prim>(bits & 0xff)) : ValType(TypeId{bits});
  }
  FuncTypeId func() const { return {bits}; }
  InstanceTypeId instance() const { return {bits}; }
  ComponentTypeId component() const { return {bits}; }
  ResourceId resource() const { return {bits}; }

  // Unique among all types.
  uint64_t key() const { return static_cast<uint64_t>(kind) << 32 | bits; }

  friend bool operator==(AnyType, AnyType) = default;
};

// The type of an import or export.
struct ExternType {
  enum class Kind : uint8_t { module, func, value, type, component, instance };

  Kind kind = Kind::func;
  // For a module: the index of its `ModuleTypeId`. For a type: the new name of the type.
  uint32_t bits = 0;
  // For the kind `type`.
  AnyType type;

  ExternType() = default;
  ExternType(ModuleTypeId id) : kind(Kind::module), bits(id.index) {}
  ExternType(FuncTypeId id) : kind(Kind::func), bits(id.index) {}
  ExternType(ComponentTypeId id) : kind(Kind::component), bits(id.index) {}
  ExternType(InstanceTypeId id) : kind(Kind::instance), bits(id.index) {}
  static ExternType of_type(AnyType type) {
    ExternType result;
    result.kind = Kind::type;
    result.type = type;
    return result;
  }

  ModuleTypeId module() const { return {bits}; }
  FuncTypeId func() const { return {bits}; }
  ComponentTypeId component() const { return {bits}; }
  InstanceTypeId instance() const { return {bits}; }
  bool is_resource() const { return kind == Kind::type && type.kind == AnyType::Kind::resource; }
};

const char* name_of(ExternType::Kind kind);
const char* name_of(AnyType::Kind kind);

// Externs in the order of their declaration, and by name.
class ExternList {
 public:
  struct Item {
    std::string name;
    ExternType type;
  };

  // False if there is one of that name.
  bool add(std::string name, ExternType type) {
    if (!by_name_.try_emplace(name, static_cast<uint32_t>(items_.size())).second) return false;
    items_.push_back({std::move(name), type});
    return true;
  }
  const ExternType* find(const std::string& name) const {
    auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &items_[found->second].type;
  }
  size_t size() const { return items_.size(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }
  const Item& operator[](size_t i) const { return items_[i]; }

 private:
  std::vector<Item> items_;
  std::unordered_map<std::string, uint32_t> by_name_;
};

// The type of an instance. For a declared type, `defined` are the resources that it introduces:
// each use of the type makes fresh ones of them. For the type of an actual instance it is empty.
struct InstanceType {
  ExternList exports;
  std::vector<ResourceId> defined;
  // Whether any resource is mentioned anywhere within.
  bool resources = false;
};

struct ComponentType {
  ExternList imports;
  ExternList exports;
  // The resources that the imports introduce, and those that each instantiation makes anew.
  std::vector<ResourceId> imported;
  std::vector<ResourceId> defined;
};

struct ModuleType {
  std::vector<wasm::Import> imports;
  std::unordered_map<std::string, wasm::ExternType> exports;
};

// All types of one component, nested ones included.
struct Universe {
  Types values;
  wasm::CoreTypes core;
  std::vector<InstanceType> instances;
  std::vector<ComponentType> components;
  std::vector<ModuleType> modules;
  // What copying and comparing types has cost, in steps. Hostile types can ask for exponentially
  // much; whoever exhausts the budget gives up and says so.
  uint64_t work = 0;
  uint64_t work_limit = 1'000'000;
  bool exhausted() const { return work > work_limit; }

  const InstanceType& operator[](InstanceTypeId id) const { return instances[id.index]; }
  const ComponentType& operator[](ComponentTypeId id) const { return components[id.index]; }
  const ModuleType& operator[](ModuleTypeId id) const { return modules[id.index]; }

  InstanceTypeId add(InstanceType type) {
    instances.push_back(std::move(type));
    return {static_cast<uint32_t>(instances.size() - 1)};
  }
  ComponentTypeId add(ComponentType type) {
    components.push_back(std::move(type));
    return {static_cast<uint32_t>(components.size() - 1)};
  }
  ModuleTypeId add(ModuleType type) {
    modules.push_back(std::move(type));
    return {static_cast<uint32_t>(modules.size() - 1)};
  }

  // Whether a resource is mentioned anywhere within.
  bool mentions_resource(AnyType type) const;
  bool mentions_resource(const ExternType& type) const;
};

}  // namespace weir::component
