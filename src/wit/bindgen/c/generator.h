#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "wit/bindgen/c/c.h"
#include "wit/bindgen/c/names.h"
#include "wit/layout.h"
#include "wit/resolve.h"
#include "wit/type_layout.h"
#include "wit/writer.h"

namespace weir::wit {

// Names of local variables: none is given twice.
class Locals {
 public:
  void take(std::string name) { taken_.insert(std::move(name)); }
  // `name`, or with the first number behind it that makes it new.
  std::string fresh(std::string_view name);

 private:
  std::set<std::string, std::less<>> taken_;
};

// A member of a value: `x.len`, and `p->len` where the value is `(*p)`.
std::string dot(const std::string& value, const std::string& member);

// Writes the C bindings of a world. One file for each aspect: definitions.cc and resources.cc
// (types), free.cc, flat.cc (values as core values), signature.cc, imports.cc, exports.cc,
// async.cc.
class CGenerator {
 public:
  CGenerator(const Resolve& resolve, WorldId world, const COptions& options);

  Result<CBindings> run();

 private:
  // What is being generated: an interface, or the world's own items.
  struct Pass {
    // Valid for an interface.
    InterfaceId interface;
    bool import = true;
    // `exports_wasi_http_incoming_handler`
    std::string space;
    // `wasi:http/incoming-handler@0.2.12`, or `$root`.
    std::string module;
    // Before the names of exported core functions: `wasi:http/incoming-handler@0.2.12#`.
    std::string export_prefix;
    // Before the names of functions in C.
    std::string function_space;
  };

  struct ResourceNames {
    std::string own;
    std::string borrow;
    std::string drop;
    bool import;
  };

  // A function as C sees it.
  struct Signature {
    struct CParam {
      std::string name;
      Type type;
      // Passed by address.
      bool pointer;
      // An option whose value is passed by address, or NULL.
      bool maybe;
    };
    // How an option or a result is taken apart.
    enum class Returns : uint8_t { nothing, value, pointer, option, result };

    std::string name;
    // Without a semicolon.
    std::string text;
    std::vector<CParam> params;
    Returns returns = Returns::nothing;
  };

  // generator.cc
  void import_interface(const WorldKey& key, InterfaceId id);
  void export_interface(const WorldKey& key, InterfaceId id);
  void world_functions(bool import);
  void begin(Pass pass) { pass_ = std::move(pass); }
  void forget_types_of_exports();
  std::string interface_space(const WorldKey& key, bool exported) const;
  bool is_async(const Function& function) const;
  void string_helpers();
  bool utf16() const { return options_.encoding == StringEncoding::utf16; }
  // What a string is made of.
  const char* unit() const { return utf16() ? "uint16_t" : "uint8_t"; }
  std::string header() const;
  std::string source() const;
  void function_headline(std::string_view verb, std::string_view name);

  // definitions.cc
  void visit(Type type);
  void visit(const Function& function);
  void visit(const Interface& interface);
  void define(TypeId id);
  void define_named(TypeId id, const std::string& name);
  void define_body(TypeId id, const std::string& tag, const std::string& name);
  void labels(const std::string& prefix, size_t index, std::string_view name,
              const std::string& docs, std::string_view value);
  std::string space_of(TypeId id) const;
  // `list_u8`: the part of a type's name between its namespace and `_t`.
  std::string encoded_name(Type type);
  bool is_shared(Type type);
  std::string entry_name(TypeId map) const;
  // The C type.
  std::string name_of(Type type);

  // resources.cc
  void define_resource(TypeId id);
  // The directly or through aliases named resource.
  TypeId resource_root(TypeId id) const { return resolve_.types.root(Type(id)).id(); }
  const ResourceNames& resource(TypeId id) const;

  // free.cc
  bool has_free(Type type) const;
  // Calls the function that frees what is at the address `at`, if the type has one.
  void call_free(Writer& out, Type type, const std::string& at);
  void define_free(TypeId id);
  void free_elements(Writer& out, const std::string& element,
                     const std::vector<std::pair<Type, std::string>>& parts);
  void free_parts(Writer& out, const Shape& shape);
  bool owns_memory(Type type);
  // Frees the memory that the value `value` owns, but closes no handles.
  void free_memory(Writer& out, Locals& locals, Type type, const std::string& value);

  // flat.cc
  const FlatTypes& flat(Type type) { return layouts_.of(type).flat; }
  // Appends the core values of `value` as expressions; writes statements that they need to `out`.
  void lower(Writer& out, Locals& locals, Type type, const std::string& value,
             std::vector<std::string>& core);
  // Sets `target` from core values, of which the first is `core[at]`; moves `at` behind them.
  void lift(Writer& out, Locals& locals, Type type, const std::string& target,
            const std::vector<std::string>& core, size_t& at);
  std::string cast(const std::string& value, CoreType from, CoreType to);
  void lower_cases(Writer& out, Locals& locals, Type type, const std::string& tag,
                   const std::vector<std::pair<std::optional<Type>, std::string>>& cases,
                   std::vector<std::string>& core);
  void lift_cases(Writer& out, Locals& locals, Type type,
                  const std::vector<std::pair<std::optional<Type>, std::string>>& cases,
                  const std::vector<std::string>& core, size_t& at);

  // signature.cc
  Signature signature(const Function& function);
  bool by_pointer(Type type) const;
  std::string function_name(const Function& function) const;
  std::vector<Type> param_types(const Function& function) const;
  // An extern core function: attributes, result, name and parameters.
  void declare_import(Writer& out, const std::string& module, const std::string& name,
                      const std::string& symbol, const std::vector<CoreType>& params,
                      const std::vector<CoreType>& results);

  // imports.cc
  void import_function(const Function& function);

  // borrows.cc
  // A borrowed handle that an export drops: the variable that has it, or 0, and what drops it.
  struct Droppable {
    std::string name;
    std::string drop;
  };
  void find_borrows(Writer& out, Locals& locals, Type type, const std::string& value,
                    std::vector<Droppable>& found);
  // Remembers the borrowed handles among the parameters, which stand in variables.
  std::vector<Droppable> keep_borrows(Writer& out, Locals& locals, const Function& function,
                                      const Signature& signature);
  void drop_borrows(Writer& out, const std::vector<Droppable>& borrows);

  // exports.cc
  void export_function(const Function& function);
  // Declares the arguments of `signature` in `out`, set from core values.
  void lift_params(Writer& out, Locals& locals, const Function& function,
                   const Signature& signature, const FlatSignature& core);
  std::string call_arguments(const Signature& signature) const;
  void return_value(Writer& out, Locals& locals, const Function& function,
                    const Signature& signature, const FlatSignature& core,
                    const std::vector<Droppable>& borrows);

  // async.cc
  void import_async(const Function& function);
  void export_async(const Function& function);
  void streams_and_futures(const Function& function);
  void find_streams(Type type, std::vector<TypeId>& found);
  void stream_or_future(TypeId id, size_t index, const Function& function);
  void async_helpers();

  void refuse(std::string what);
  // Counts a step of what grows with the parts of types; false, and refused, when it is too much.
  bool afford();

  const Resolve& resolve_;
  const World& world_;
  const COptions& options_;
  TypeLayouts layouts_;
  // `guest`
  std::string name_;
  Pass pass_;
  std::optional<std::string> refused_;

  uint32_t steps_ = 0;
  std::unordered_map<TypeId, std::string> names_;
  std::unordered_map<TypeId, std::string> encoded_;
  std::unordered_map<TypeId, bool> owns_memory_;
  std::unordered_map<TypeId, ResourceNames> resources_;
  std::set<std::string> shared_;
  std::set<std::string> free_functions_;
  std::set<std::string> streams_;
  std::set<std::string> function_names_;
  // What is being visited, for messages: `wasi:http/types@0.2.12#fields`.
  std::string visited_;
  bool needs_string_ = false;
  bool needs_async_ = false;
  // Which conversions between floats and their bits are needed: `f32_bits` and the like.
  std::set<std::string> bits_;

  Writer types_{4};
  Writer functions_{4};
  Writer helper_declarations_{4};
  Writer async_declarations_{4};
  Writer imports_{4};
  Writer helpers_{4};
  Writer adapters_{4};
};

}  // namespace weir::wit
