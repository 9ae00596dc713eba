#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "wit/error.h"
#include "wit/resolve.h"
#include "wit/resolve/accessor_pairs.h"
#include "wit/resolve/name_set.h"
#include "wit/resolve/options.h"
#include "wit/resolve/packages.h"
#include "wit/text/ast.h"

namespace weir::wit {

// What the packages of one load share.
struct ResolveRun {
  Resolve& resolve;
  const Features& features;
  // Items behind closed gates and the features that would open them, for messages. Keys are
  // `ns:pkg/item` and `ns:pkg/item.type`.
  std::unordered_map<std::string, std::string> closed;
  // How many more items worlds may get through includes and dependencies: the product of two
  // sizes of the input, so it has to be bounded.
  uint64_t world_items_left = 1'000'000;
};

// Resolves one package whose dependencies are resolved. Methods return false after an error and
// stand in files by topic: items.cc (interfaces and worlds by name), gates.cc, types.cc,
// functions.cc, interfaces.cc, worlds.cc, include.cc, elaborate.cc.
class PackageResolver {
 public:
  PackageResolver(ResolveRun& run, const PackageAst& ast)
      : run_(run), resolve_(run.resolve), ast_(ast) {}

  // Adds the package and everything in it to the arenas.
  bool run();
  WitError take_error() { return std::move(error_); }
  PackageId id() const { return package_; }

 private:
  // An interface or world of this package.
  struct Item {
    ast::Id name;
    uint32_t file;
    // One of the two.
    const ast::Interface* interface;
    const ast::World* world;
    // Behind the closed gate of this feature.
    std::optional<std::string> closed;
    // In the arena of its kind, once it is resolved and if it is not behind a closed gate.
    uint32_t index = UINT32_MAX;
  };

  // What a path leads to.
  struct Target {
    bool is_world = false;
    std::optional<std::string> closed;
    InterfaceId interface;
    WorldId world;
    // A key into `ResolveRun::closed` for its types.
    std::string path;
  };

  // What a name in an interface or world means.
  struct Name {
    bool is_function = false;
    // Not there: behind the closed gate of this feature.
    std::optional<std::string> closed;
    TypeId type;
    Span span;
  };

  // The names of the interface or world under construction.
  struct Scope {
    Owner owner;
    // Where its closed types are noted; empty if nobody can refer to them.
    std::string path;
    // The interface or world itself is behind a closed gate: everything is checked, nothing made.
    std::optional<std::string> closed;
    OrderedMap<std::string_view, Name> names;
    NameSet name_set;
    AccessorPairs accessors;
    std::vector<std::pair<std::string_view, TypeId>> types;
  };

  enum class Want : uint8_t { interface, world };

  bool fail(ErrorKind kind, Span span, std::string name = "", std::string other = "",
            std::string hint = "");

  // items.cc
  bool collect_items();
  bool check_file_names(uint32_t file);
  bool order_items(std::vector<uint32_t>& order);
  bool dependency(const ast::UsePath& path, uint32_t file, std::vector<uint32_t>& needs,
                  std::vector<Span>& spans);
  const ast::UsePath* alias(std::string_view name, uint32_t file) const;
  bool lookup(const ast::UsePath& path, Want want, Target& target);
  bool lookup_local(const ast::Id& name, Target& target);
  bool lookup_foreign(const ast::UsePath& path, Want want, Target& target);
  std::string path_of(std::string_view item) const;

  // gates.cc
  // Sets `closed` to the feature that the item needs and that is not let in.
  bool gate(const Stability& stability, Span span, std::optional<std::string>& closed);
  void note_closed(const std::string& path, const std::string& feature);

  // types.cc
  bool use(const ast::Use& use);
  bool use_name(const ast::Use& use, const ast::Rename& name, const Target& target);
  bool type_defs(const std::vector<const ast::TypeDef*>& defs);
  bool type_def(const ast::TypeDef& def);
  bool define(const ast::Id& id, Name name);
  bool definition(const ast::TypeDef& def, Shape& shape);
  bool members(const ast::TypeDef& def, Shape& shape);
  bool check_resource(const ast::TypeDef& def);
  bool shape(const ast::Type& type, const Stability& stability, Shape& shape);
  bool type(const ast::Type& type, const Stability& stability, Type& result);
  bool optional_type(const ast::Type* type, const Stability& stability,
                     std::optional<Type>& result);
  bool find_type(const ast::Id& name, bool closed_allowed, const Name** found);
  bool find_resource(const ast::Id& name, TypeId& resource);
  bool check_names(const ast::Type& type);
  Type value_of(TypeId named);
  Type anonymous(Shape shape, const Stability& stability, Span span);

  // functions.cc
  bool function(const ast::NamedFunc& ast, const ast::Id* resource, Function& made);
  bool params(const ast::Func& func, Function& made);
  bool constructor_result(const ast::Type* declared, Function& made);
  bool check_accessor(const ast::NamedFunc& ast, const Function& made);
  bool define_function(const ast::NamedFunc& func);
  bool no_lone_setter(const AccessorPairs& accessors);
  bool check_function_names(const ast::Func& func);
  // Whether the function is to be made at all.
  bool admit_function(const ast::NamedFunc& ast, const ast::Id* resource, bool& admitted);

  // interfaces.cc
  bool interface_body(const std::vector<ast::InterfaceItem>& items, Interface& interface,
                      InterfaceId id);
  bool resolve_interface(Item& item);
  bool add_function(const ast::NamedFunc& ast, const ast::Id* resource,
                    OrderedMap<std::string, Function>& functions);
  void find_dependencies(Interface& interface);

  // worlds.cc
  bool resolve_world(Item& item);
  bool world_types(const ast::World& ast);
  bool world_extern(const ast::Extern& ast, World& world);
  bool world_path(const ast::Extern& ast, const ast::UsePath& path, const ast::Id* name,
                  const std::optional<std::string>& closed, World& world);
  bool world_inline(const ast::Extern& ast, const ast::Extern::Inline& body,
                    std::optional<std::string> closed, World& world);
  bool claim(bool import, const ast::Id& name, const char* what, std::string_view prefix = "");
  bool check_world_names(const World& world, Span span);

  // include.cc
  bool include(const ast::Include& ast, World& world, WorldId id);
  bool include_items(const ast::Include& ast, bool import, const WorldItems& from, WorldItems& to,
                     class Cloner& cloner, bool other_package);

  // elaborate.cc
  bool elaborate(World& world);
  bool elaborate_import(WorldItems& imports, const WorldKey& key, const WorldInterface& item);
  bool elaborate_exports(World& world, WorldItems& imports, WorldItems& exports);
  bool charge_world_items(uint64_t count, Span span);

  ResolveRun& run_;
  Resolve& resolve_;
  const PackageAst& ast_;
  PackageId package_;
  WitError error_;

  std::vector<Item> items_;
  std::unordered_map<std::string_view, uint32_t> item_by_name_;
  // For each file, the names that `use` at its top brings.
  std::vector<std::unordered_map<std::string_view, const ast::TopUse*>> file_uses_;
  // The file that is being resolved.
  uint32_t file_ = 0;
  Scope* scope_ = nullptr;
  // Anonymous types by what they are made of.
  std::unordered_map<std::string, TypeId> anonymous_;
  // The names of the world under construction, imports and exports, closed ones too.
  std::unordered_map<std::string, const char*> claimed_[2];
};

}  // namespace weir::wit
