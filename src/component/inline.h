#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "component/link.h"

namespace weir::component {

// Evaluates a component's definitions, nested components included, to a `Plan`: what they come to
// is known at link time but for the contents of core instances.
class Inliner {
 public:
  Inliner(const Decoded& component, const Linker& host, const LinkOptions& options)
      : decoded_(component), host_(host), options_(options) {}

  Result<Plan> run();

 private:
  struct Frame;
  struct Instance;
  using InstanceRef = std::shared_ptr<const Instance>;
  // A component with the frame that it was defined in.
  struct ComponentValue {
    uint32_t component;
    Frame* frame;
  };
  // A type; `resource` is valid if it is one.
  struct TypeValue {
    ResourceId resource;
  };
  using Value = std::variant<ModuleId, FuncRef, TypeValue, ComponentValue, InstanceRef>;
  struct Instance {
    std::vector<std::string> order;
    std::unordered_map<std::string, Value> exports;

    void add(std::string name, Value value) {
      if (exports.try_emplace(name, std::move(value)).second) order.push_back(std::move(name));
    }
  };
  // A core instance that runs, or a bag of items.
  using CoreBagItems = std::map<std::pair<wasm::ExternKind, std::string>, CoreItem>;
  using CoreInstanceValue = std::variant<CoreInstanceId, std::shared_ptr<const CoreBagItems>>;

  // A component instance while its definitions are evaluated.
  struct Frame {
    const DecodedComponent* component;
    Frame* outer;   // where the component was defined
    Frame* caller;  // where it is instantiated
    const std::unordered_map<std::string, Value>* args;
    InstanceId id;
    std::string name;

    std::vector<ModuleId> modules;
    std::vector<CoreInstanceValue> core_instances;
    std::vector<CoreItem> core_funcs;
    std::vector<CoreItem> tables;
    std::vector<CoreItem> memories;
    std::vector<CoreItem> globals;
    std::vector<CoreItem> tags;
    std::vector<FuncRef> funcs;
    std::vector<ComponentValue> components;
    std::vector<InstanceRef> instances;
    Instance exports;
    // What the component's abstract resources are, by canonical id.
    std::unordered_map<uint32_t, ResourceId> resources;
    std::unordered_map<uint32_t, ValType> converted;
  };

  InstanceRef instantiate(const ComponentValue& component,
                          const std::unordered_map<std::string, Value>& args, Frame* caller,
                          std::string name);

  void define(Frame& f, const ModuleDefinition& d);
  void define(Frame& f, const ComponentDefinition& d);
  void define(Frame& f, const CoreInstantiation& d);
  void define(Frame& f, const CoreBag& d);
  void define(Frame& f, const Instantiation& d);
  void define(Frame& f, const Bag& d);
  void define(Frame& f, const ExportAlias& d);
  void define(Frame& f, const CoreExportAlias& d);
  void define(Frame& f, const OuterAlias& d);
  void define(Frame& f, const ResourceDefinition& d);
  void define(Frame& f, const LiftDefinition& d);
  void define(Frame& f, const LowerDefinition& d);
  void define(Frame& f, const BuiltinDefinition& d);
  void define(Frame& f, const ImportDefinition& d);
  void define(Frame& f, const ExportDefinition& d);

  std::vector<CoreItem>& core_space(Frame& f, wasm::ExternKind kind);
  std::optional<CoreItem> core_item(const CoreInstanceValue& instance, wasm::ExternKind kind,
                                    const std::string& name);
  std::optional<Value> value_of(Frame& f, const SortIndex& what);
  void push(Frame& f, const Value& value);

  // Learns which resources the abstract ones of `type` are.
  void bind(Frame& f, const ExternType& type, const Value& value);
  ResourceId resolve(Frame& f, ResourceId abstract);
  ValType convert(Frame& f, ValType type);
  FuncTypeId convert(Frame& f, FuncTypeId type);

  // What the host gives for an import of the outermost component.
  std::optional<Value> host_value(Frame& f, const ImportDefinition& d);
  InstanceRef host_instance(Frame& f, const std::string& name, const HostInterface* interface,
                            InstanceTypeId type);
  FuncRef host_function(Frame& f, const std::string& interface_name, const HostInterface* interface,
                        const std::string& name, FuncTypeId type);
  // All resources of the host that are the same C++ type are one.
  ResourceId host_resource(ResourceKey key);
  // Another version of an interface that the host has; empty if none.
  std::string other_version(std::string_view name) const;
  ResourceId unknown_resource(std::string name);

  InstanceId instance_id(Frame& f);
  void give_store(InstanceId id);
  MemorySlot memory_slot(Frame& f, const CoreItem& item);
  FuncSlot func_slot(Frame& f, const CoreItem& item);
  TableSlot table_slot(Frame& f, const CoreItem& item);
  CanonOptions convert(Frame& f, const Options& options);
  LoweredId add(Lowered lowered);
  // `context.get` or `context.set`: a function of the instance's context module.
  CoreItem context_function(Frame& f, const BuiltinDefinition& d);

  void collect_exports(const Instance& root);

  void problem(std::string text);
  bool stopped() const { return stop_; }

  const Decoded& decoded_;
  const Linker& host_;
  LinkOptions options_;
  Plan plan_;
  std::vector<std::unique_ptr<Frame>> frames_;
  std::unordered_map<ResourceKey, ResourceId> host_resources_;
  std::map<std::pair<uint32_t, uint32_t>, MemorySlot> memory_slots_;
  std::map<std::pair<uint64_t, uint32_t>, FuncSlot> func_slots_;
  std::unordered_map<uint64_t, FuncTypeId> func_types_;
  // Interfaces that the host lacks, with the functions that were asked for.
  std::map<std::string, std::string> missing_;
  std::vector<std::string> problems_;
  size_t problem_count_ = 0;
  uint64_t work_ = 0;
  bool stop_ = false;
  // Whether some problem is an import that `--unknown-imports trap` would get over.
  bool import_problems_ = false;
};

}  // namespace weir::component
