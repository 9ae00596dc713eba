#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tools/component/component_writer.h"
#include "tools/component/core_source.h"
#include "tools/component/type_scope.h"
#include "util/result.h"

namespace weir::tools {

// Makes a component of a core module and its adapters. Three steps: bind.cc says for each core
// import what it will be and which types that needs; types.cc writes types and imports on demand,
// only what is needed; encoder.cc puts it all in order.
class Encoder {
 public:
  // All must outlive the encoder.
  Encoder(const wasm::CoreTypes& core_types, CoreSource& main, std::vector<CoreSource>& adapters);

  Result<std::vector<uint8_t>> run(std::string_view version);

 private:
  using Scope = TypeScope;
  friend class ExportComponent;

  // A world and what has been written of it.
  struct World {
    const WorldTypes* types;
    // By type index: the index in the component.
    std::unordered_map<uint32_t, uint32_t> written;
  };
  // What is needed of an imported interface.
  struct Needs {
    std::set<std::string> functions;
    std::set<std::string> types;
    bool empty() const { return functions.empty() && types.empty(); }
  };
  // An imported interface or function.
  struct Import {
    World* world = nullptr;
    const ScopeItem* item = nullptr;
    explicit operator bool() const { return item != nullptr; }
  };
  // A place in a type index space.
  struct Place {
    World* world;
    const Scope* scope;
    uint32_t index;
    const TypeEntry& entry() const { return scope->types[index]; }
    friend auto operator<=>(const Place& a, const Place& b) {
      return std::pair(a.scope, a.index) <=> std::pair(b.scope, b.index);
    }
    friend bool operator==(const Place& a, const Place& b) {
      return a.scope == b.scope && a.index == b.index;
    }
  };
  struct Export {
    World* world;
    const ScopeItem* item;
    // The module that defines it.
    CoreSource* source;
  };
  // How a core import is met.
  struct Binding {
    // Makes the core function; called once everything that it needs is there.
    std::function<uint32_t()> make;
    // Whether it needs the guest's memory or functions, so that it goes through the table.
    bool indirect = true;
  };
  struct Slot {
    wasm::CoreFunc type;
    std::function<uint32_t()> make;
  };
  struct BoundImport {
    std::string module;
    std::string name;
    // In `slots_` if indirect.
    uint32_t slot = 0;
    Binding binding;
  };

  // bind.cc
  Result<void> bind(CoreSource& source, std::vector<BoundImport>& bound);
  Result<Binding> bind_import(CoreSource& source, const std::string& module,
                              const std::string& name);
  Result<Binding> bind_root(CoreSource& source, const std::string& name, bool exported);
  Result<Binding> bind_interface(CoreSource& source, const std::string& module,
                                 const std::string& name);
  Result<Binding> bind_exported(CoreSource& source, const std::string& module,
                                const std::string& name);
  Result<Binding> bind_stream(CoreSource& source, World& world, const Scope& scope,
                              const std::string& name);
  Binding bind_lower(CoreSource& source, Import import, const std::string& function, bool async);
  Binding bind_resource(uint8_t code, Place resource);
  Binding bind_task_return(World& world, const Scope& scope, const FunctionShape& function);
  void find_streams(Place at, std::vector<Place>& found, uint32_t& visits);
  Result<void> bind_exports(CoreSource& source);
  Import find_import(const std::string& name, const std::string& function = {});
  const Export* find_export(const std::string& name) const;
  CanonOptions options_for(const CoreSource& source, bool realloc);

  // types.cc
  Place follow(Place at);
  // The import that stands for an imported interface: the newest compatible one.
  Import representative(World& world, const ScopeItem& item);
  void mark(Place at);
  void mark_import(Import import, const std::string& function);
  uint32_t type_at(Place at);
  uint32_t imported_instance(Import import);
  uint32_t imported_function(Import import, const std::string& function);
  uint32_t alias_type(uint32_t instance, const std::string& name);
  wasm::Writer instance_type(Import import);
  const Import* import_of(const Scope* scope) const;

  // encoder.cc
  void write_imports();
  void write_resources();
  uint32_t core_bags(uint32_t module, const std::vector<BoundImport>& bound,
                     std::vector<std::pair<std::string, uint32_t>> arguments);
  Result<void> write_exports();
  Result<uint32_t> lift(const Export& item, const std::string& prefix, const std::string& name,
                        Place type);
  uint32_t core_export(const CoreSource& source, const std::string& name);

  const wasm::CoreTypes& core_types_;
  CoreSource& main_;
  std::vector<CoreSource>& adapters_;
  ComponentWriter out_;
  std::vector<std::unique_ptr<World>> worlds_;
  std::unordered_map<const Scope*, Needs> needs_;
  std::unordered_map<const Scope*, Import> imports_;
  std::set<Place> marked_;
  // Functions of the world itself.
  std::set<const ScopeItem*> needed_functions_;
  std::map<Place, uint32_t> structural_;
  std::map<Place, uint32_t> resources_;
  std::map<std::pair<uint32_t, std::string>, uint32_t> aliases_;
  std::unordered_map<const ScopeItem*, uint32_t> instances_;
  std::map<std::pair<const ScopeItem*, std::string>, uint32_t> functions_;
  std::vector<Export> exports_;
  std::unordered_map<const Scope*, uint32_t> exported_instances_;
  std::vector<Slot> slots_;
  std::vector<BoundImport> main_imports_;
  std::vector<std::vector<BoundImport>> adapter_imports_;
  uint32_t shim_ = 0;
  // By source: its core instance; and what has been aliased out of instances.
  std::unordered_map<const CoreSource*, uint32_t> core_instances_;
  std::map<std::pair<const CoreSource*, std::string>, uint32_t> core_exports_;
  std::optional<uint32_t> memory_;
};

// Writes the component that gives an exported interface its types: it takes the functions and
// resources in and gives them out again under the interface's own names.
class ExportComponent {
 public:
  ExportComponent(Encoder& encoder, const Encoder::Export& item)
      : encoder_(encoder), item_(item), scope_(item.world->types->scope->instance_of(*item.item)) {}

  // `functions` are the lifted functions in the order of the interface's; gives the instance.
  uint32_t write(const std::vector<uint32_t>& functions);

 private:
  using Place = Encoder::Place;

  uint32_t imported(Place at);
  uint32_t exported(Place at);
  std::string unique(std::string name);

  Encoder& encoder_;
  const Encoder::Export& item_;
  const TypeScope& scope_;
  ComponentWriter inner_;
  std::map<Place, uint32_t> imported_;
  std::map<Place, uint32_t> exported_;
  std::set<std::string> names_;
  std::vector<ComponentItem> arguments_;
};

}  // namespace weir::tools
