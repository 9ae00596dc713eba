#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "util/result.h"
#include "wasm/reader.h"
#include "wit/binary/type_graph.h"

namespace weir::wit::binary {

// A component's imports and exports with their types.
struct ComponentTypes {
  TypeGraph graph;
  std::vector<Extern> imports;
  std::vector<Extern> exports;
  // The outermost custom sections, in order; views of the bytes that were read.
  std::vector<std::pair<std::string_view, std::span<const uint8_t>>> custom_sections;
};

// Reads the type level of a component: what defines, names and passes on types, instances and
// functions. Core modules and what is only about them is skipped. Whatever it accepts makes sense
// as types, but a component may still be invalid in other ways.
class ComponentReader {
 public:
  explicit ComponentReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  Result<ComponentTypes> run();

 private:
  using Reader = wasm::Reader;

  // The index spaces of a component or of a component or instance type.
  struct Scope {
    Scope* outer = nullptr;
    NodeId begin = 0;
    std::vector<NodeId> types;
    std::vector<NodeId> funcs;
    std::vector<NodeId> instances;
    std::vector<NodeId> components;
    std::vector<Extern> imports;
    std::vector<Extern> exports;
    std::unordered_set<std::string> import_names;
    std::unordered_set<std::string> export_names;
  };

  // component_reader.cc
  void component(Reader& r, Scope& s, bool outermost);
  void section(uint8_t id, Reader& r, Scope& s);
  void nested_component(Reader& r, Scope& s);
  void import_definition(Reader& r, Scope& s);
  void export_definition(Reader& r, Scope& s);
  void canonical_function(Reader& r, Scope& s);
  void canonical_options(Reader& r);
  void instance(Reader& r, Scope& s);
  void instantiate(Reader& r, Scope& s);
  void bag(Reader& r, Scope& s);

  // read_types.cc
  void type(Reader& r, Scope& s);
  void defined_type(Reader& r, Scope& s, uint8_t code);
  void func_type(Reader& r, Scope& s, bool async);
  void declarations(Reader& r, Scope& s, bool component);
  Type value_type(Reader& r, const Scope& s);
  std::optional<Type> optional_value_type(Reader& r, const Scope& s);
  std::optional<Type> result_list(Reader& r, const Scope& s);
  TypeId resource(Reader& r, const Scope& s);
  std::string label(Reader& r);

  // read_externs.cc
  Extern extern_name(Reader& r);
  void described_extern(Reader& r, Scope& s, bool import);
  // Reads what an import or export is described as; for a type that is the new name of it.
  void description(Reader& r, Scope& s, Extern& e);
  void alias(Reader& r, Scope& s);
  Extern sort_and_index(Reader& r, const Scope& s);
  // Notes the name of an import or export, which must not be there yet.
  static void take_name(Reader& r, std::unordered_set<std::string>& names, const std::string& name);
  // Adds to the index space of its sort.
  static void define(Scope& s, const Extern& e);
  NodeId second_name(Reader& r, NodeId node);

  NodeId add(Reader& r, Node node);
  NodeId at(Reader& r, const std::vector<NodeId>& space, uint32_t index, const char* what);
  // Null if there is none of that name.
  const Extern* look_up(Reader& r, const std::vector<Extern>& externs, std::string_view name);
  template <class T>
  NodeId typed(Reader& r, const Scope& s, uint32_t index, const char* what);

  std::span<const uint8_t> bytes_;
  ComponentTypes out_;
  TypeGraph& graph_ = out_.graph;
  uint32_t nesting_ = 0;
  uint64_t searched_ = 0;
};

template <class T>
NodeId ComponentReader::typed(Reader& r, const Scope& s, uint32_t index, const char* what) {
  NodeId node = at(r, s.types, index, "type");
  if (r.ok() && !graph_.get<T>(node)) {
    r.fail("type index " + std::to_string(index) + " is not " + what);
  }
  return node;
}

}  // namespace weir::wit::binary
