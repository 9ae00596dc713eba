#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "wit/bindgen/cpp/cpp.h"
#include "wit/resolve.h"
#include "wit/type_layout.h"
#include "wit/writer.h"

namespace weir::wit {

// The name, or with as many `_` behind it as make it new; takes it.
std::string unique_name(std::string name, std::set<std::string>& taken);

// Writes the C++ bindings of a world. One file for each aspect: spaces.cc (what goes where),
// types.cc (how types are written), definitions.cc (types), classes.cc (resources), functions.cc
// (imports and exports).
class CppGenerator {
 public:
  CppGenerator(const Resolve& resolve, WorldId world, const CppOptions& options);

  Result<CppBindings> run();

 private:
  static constexpr uint32_t kMaxSteps = 300'000;

  // An interface on one side of the component, or the world's own items.
  struct Space {
    bool exported = false;
    // Valid for an interface.
    InterfaceId interface;
    // `exports::wasi::http::incoming_handler`
    std::string name;
    // `wasi:http/incoming-handler@0.2.12`, or `$root`.
    std::string module;
    // Before the names of exported core functions: `wasi:http/incoming-handler@0.2.12#`.
    std::string export_prefix;
    std::string docs;
    // In an order in which each mentions only earlier ones.
    std::vector<TypeId> types;
    std::vector<const Function*> functions;
  };

  // A type as one side of the component sees it.
  struct Ref {
    Type type;
    bool exported;
  };

  // A parameter as the signature has it, and how it is given to `wit::detail::call`.
  struct CppParam {
    std::string type;
    std::string name;
    std::string argument;
  };

  // spaces.cc
  void find_spaces();
  void check_renames();
  void add_interface(const WorldKey& key, InterfaceId id, bool exported,
                     const std::map<InterfaceId, WorldKey>& all, std::set<InterfaceId>& done);
  Space space_of_interface(const WorldKey& key, InterfaceId id, bool exported) const;
  void add_world(bool exported);
  void name_items(const Space& space);
  bool is_async(const Space& space, const Function& function) const;
  void check(const Space& space, const Function& function);

  // types.cc
  std::string prim(Prim prim) const;
  // `std::string`, and what it may be given as.
  std::string string_type(const char* suffix) const;
  // The side that a type of `from` is on when `from` mentions it.
  bool side_of(TypeId id, bool exported) const;
  // The end of a chain of aliases.
  Ref root(Ref ref) const;
  std::string named(TypeId id, bool exported) const;
  // How the class of a resource is written.
  std::string resource(TypeId id, bool exported) const;
  // How a value that is owned is written.
  std::string value(Ref ref);
  std::string shape(TypeId id, bool exported);
  // How an imported function takes a value, and gives it on.
  CppParam param(const Param& param, const std::string& name, bool exported);
  // How a function that the guest defines takes a value.
  CppParam export_param(const Param& param, const std::string& name);
  std::string view(Ref ref);
  // Whether a value can hold a handle that it owns.
  bool owns_handle(Type type);
  bool comparable(Type type);
  // Whether a value refers to memory outside of it.
  bool refers(Type type);

  // definitions.cc
  void declare_types(Writer& out, const Space& space);
  void define_types(Writer& out, const Space& space);
  void define_enum(Writer& out, TypeId id);
  void define_flags(Writer& out, TypeId id);
  void define_record(Writer& out, TypeId id, bool exported);
  void define_variant(Writer& out, TypeId id, bool exported);
  std::vector<std::string> field_names(TypeId id) const;
  void describe_layouts(Writer& out);

  // classes.cc
  void imported_class(Writer& out, const Space& space, TypeId id);
  void exported_class(Writer& out, const Space& space, TypeId id);
  void imported_class_body(Writer& out, const Space& space, TypeId id);
  void exported_class_body(Writer& out, const Space& space, TypeId id);

  // functions.cc
  struct Declared {
    // Empty for a constructor.
    std::string result;
    // `get`, or the class's name.
    std::string name;
    // Without the `self` of a method.
    std::vector<CppParam> params;
  };
  Declared declared(const Space& space, const Function& function);
  std::string text_of(const Declared& declared, const std::string& scope) const;
  void declare_import(const Space& space, const Function& function, const FlatSignature& core,
                      const std::string& prefix);
  void declare_import(const std::string& module, const std::string& name,
                      const std::string& signature);
  std::string symbol(std::string_view kind, const Space& space, std::string_view name);
  void import_function(Writer& out, const Space& space, const Function& function);
  void export_function(const Space& space, const Function& function);

  // channels.cc
  // Where a function mentions a stream or future; the core functions of these are named after it.
  struct Mention {
    const Space* space;
    const Function* function;
    uint32_t index;
    TypeId type;
  };
  struct Channel {
    const Mention* mention;
    bool stream;
    // Of its elements, as it is written outside of all namespaces.
    std::string element;
  };
  std::vector<Channel> channels();
  void declare_channels(Writer& out);
  void define_channels(Writer& out);

  // generator.cc
  std::string header();
  std::string source();
  void bodies(Writer& out, const Space& space);
  void refuse(std::string what);

  const Resolve& resolve_;
  const World& world_;
  const CppOptions& options_;
  TypeLayouts layouts_;
  std::string name_;
  // Each mentions only earlier ones.
  std::vector<Space> spaces_;
  // The namespace that is being written in: its own types need no path.
  std::string here_;
  // The namespace of the world's own types.
  std::string world_space_;
  std::set<InterfaceId> exported_;
  // The names of types in their namespaces, the same on both sides.
  std::unordered_map<TypeId, std::string> type_names_;
  // The names of functions in their classes and namespaces.
  std::unordered_map<const Function*, std::string> function_names_;
  std::map<std::pair<InterfaceId, bool>, std::string> space_names_;
  std::map<std::string, std::string> symbols_;
  std::set<std::string> taken_symbols_;
  std::unordered_map<TypeId, bool> owns_handle_;
  std::unordered_map<TypeId, bool> refers_;
  std::optional<std::string> refused_;
  uint32_t steps_ = 0;
  bool needs_async_ = false;
  // Whether types are written without the names that are aliases of others: then one type is one
  // text.
  bool through_aliases_ = false;

  std::vector<Mention> mentions_;

  Writer imports_{2};
  Writer exports_{2};
};

}  // namespace weir::wit
