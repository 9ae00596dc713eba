#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "util/result.h"
#include "wasm/core_types.h"

namespace weir::wasm {

enum class ExternKind : uint8_t { func, table, memory, global, tag };

const char* name_of(ExternKind kind);

struct Limits {
  uint64_t min = 0;
  std::optional<uint64_t> max;
  bool shared = false;
  bool is64 = false;
  uint32_t page_log2 = 16;

  friend bool operator==(const Limits&, const Limits&) = default;
};

// The type of an import or export of a core module.
struct ExternType {
  ExternKind kind = ExternKind::func;
  // Functions and tags.
  CoreTypeId type = kNoCoreType;
  // Globals; the elements of tables.
  ValueType value = {};
  bool is_mutable = false;
  // Tables and memories.
  Limits limits = {};
};

std::string to_string(const CoreTypes& types, const ExternType& type);

// Whether something of type `a` may be imported as `b`.
bool matches(const CoreTypes& types, const ExternType& a, const ExternType& b);

struct Import {
  std::string module;
  std::string name;
  ExternType type;
};

struct Export {
  std::string name;
  ExternKind kind;
  // In the index space of its kind.
  uint32_t index;
  ExternType type;
};

// Bytes of a section without its header, as offsets into the module.
struct Section {
  uint8_t id;
  size_t header;
  size_t begin;
  size_t end;
};

// The outside of a core module: what it imports and exports. Function bodies are not read (the
// engine validates them), nor element and data segments.
struct Module {
  std::vector<CoreTypeId> types;
  std::vector<Import> imports;
  std::vector<Export> exports;
  std::unordered_map<std::string, uint32_t> export_by_name;
  std::optional<uint32_t> start;

  // The index spaces, imports first.
  std::vector<CoreTypeId> funcs;
  std::vector<ExternType> tables;
  std::vector<ExternType> memories;
  std::vector<ExternType> globals;
  std::vector<CoreTypeId> tags;

  // Every section but custom ones, in order.
  std::vector<Section> sections;
  // How many bytes its function bodies and its data take.
  size_t code_size = 0;
  size_t data_size = 0;

  uint32_t imported(ExternKind kind) const;
  const Export* find_export(const std::string& name) const;
  const Section* find_section(uint8_t id) const;
};

// Reads a core module. `base` is where it begins in the file, for error messages.
Result<Module> read_module(CoreTypes& types, std::span<const uint8_t> bytes, uint64_t base);

// Parts of a module type, for whoever reads them elsewhere.
ExternType read_extern_type(Reader& reader, CoreTypes& types, const std::vector<CoreTypeId>& space);

}  // namespace weir::wasm
