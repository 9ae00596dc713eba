#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "component/decode.h"
#include "component/limits.h"
#include "component/scope.h"
#include "component/substitution.h"
#include "wasm/reader.h"

namespace weir::component {

// Reads and validates in one pass. All methods report errors through the reader they are given.
class Decoder {
 public:
  Decoder(std::span<const uint8_t> bytes, const Features& features)
      : bytes_(bytes), features_(features) {}

  Result<Decoded> run();

 private:
  using Reader = wasm::Reader;

  struct NameAttributes {
    std::string name;
    std::string implements;
    // Whether it has a version suffix.
    bool suffixed = false;
  };

  // decode.cc
  uint32_t component(Reader& r, Scope* outer);
  void section(uint8_t id, Reader& r, Scope& s);
  void core_module(Reader& r, Scope& s);
  void add_context_module();
  void custom_section(Reader& outer);
  void finish(Reader& r, Scope& s, ComponentType& type);

  // decode_instances.cc
  void core_instance(Reader& r, Scope& s);
  void instance(Reader& r, Scope& s);
  void instantiate(Reader& r, Scope& s, uint64_t at);
  void alias(Reader& r, Scope& s);
  void outer_alias(Reader& r, Scope& s, uint64_t at, uint8_t sort, uint8_t core_sort);
  bool has_free_resources(AnyType type) const;
  SortIndex sort_index(Reader& r, Scope& s);
  std::optional<ExternType> extern_type_of(Reader& r, const Scope& s, const SortIndex& what);
  const wasm::ExternType* core_export(Reader& r, const Scope& s, uint32_t instance,
                                      const std::string& name, wasm::ExternKind kind, uint64_t at);

  // decode_types.cc
  void core_type(Reader& r, Scope& s);
  ModuleTypeId module_type(Reader& r, Scope& s);
  void type(Reader& r, Scope& s);
  std::optional<ValType> value_type(Reader& r, const Scope& s);
  std::optional<ValType> optional_value_type(Reader& r, const Scope& s);
  std::optional<ValType> primitive(Reader& r, uint8_t code, uint64_t at);
  std::optional<ResourceId> resource_at(Reader& r, const Scope& s);
  void defined_type(Reader& r, Scope& s, uint8_t code, uint64_t at);
  void func_type(Reader& r, Scope& s, bool async);
  void resource_type(Reader& r, Scope& s, uint64_t at);
  void component_type(Reader& r, Scope& s);
  void instance_type(Reader& r, Scope& s);
  void declaration(Reader& r, Scope& s);
  std::optional<ValType> result_list(Reader& r, const Scope& s);
  std::string label(Reader& r, std::unordered_set<std::string>& seen, const char* what);
  AnyType add_shape(Reader& r, uint64_t at, Shape shape);

  // decode_externs.cc
  NameAttributes name_attributes(Reader& r);
  std::optional<ExternType> extern_type(Reader& r, Scope& s);
  void import(Reader& r, Scope& s);
  void export_definition(Reader& r, Scope& s);
  void export_declaration(Reader& r, Scope& s);
  // Adds an import or export to the scope: checks its name and type, makes its resources fresh,
  // and defines its index. `type` becomes that of the new index.
  bool add_extern(Reader& r, Scope& s, const NameAttributes& name, bool import, ExternType& type,
                  uint64_t at);
  bool check_name(Reader& r, Scope& s, const NameAttributes& name, bool import,
                  const ExternType& type, uint64_t at);
  ExternType open(Scope& s, bool import, const ExternType& type);
  void define(Scope& s, const ExternType& type);
  bool named(const Scope& s, const NameSpace& names, const ExternType& type);
  bool all_named(const NameSpace& names, AnyType type);
  bool value_named(const NameSpace& names, ValType type);
  bool parts_named(const NameSpace& names, TypeId type);
  void register_types(Scope& s, bool import, const ExternType& type);

  // decode_canon.cc
  void canon(Reader& r, Scope& s);
  void lift(Reader& r, Scope& s, uint64_t at);
  void lower(Reader& r, Scope& s, uint64_t at);
  void builtin(Reader& r, Scope& s, uint8_t code, uint64_t at);
  std::optional<Options> options(Reader& r, const Scope& s, const char* of);
  void need_memory(Reader& r, const Options& options, uint64_t at);
  void need_realloc(Reader& r, const Options& options, uint64_t at);
  void expect_core_type(Reader& r, const Scope& s, uint32_t func, const wasm::CoreFunc& type,
                        const char* what, uint64_t at);

  // Whether `index` is below `size`; else an error.
  static bool in_range(Reader& r, uint64_t index, size_t size, const char* what, uint64_t at);
  static void limit(Reader& r, size_t size, uint32_t limit, const char* what);
  void need(Reader& r, bool feature, const char* what, uint64_t at);
  bool check_budget(Reader& r);

  std::span<const uint8_t> bytes_;
  Features features_;
  Decoded out_;
  Universe& u_ = out_.universe;
  Types& t_ = out_.universe.values;
  uint32_t nesting_ = 0;
  bool uses_context_ = false;
};

}  // namespace weir::component
