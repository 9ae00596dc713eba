#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/raw.h"

namespace weir::engine {

enum class ExternKind : uint8_t { func = 0, global = 1, table = 2, memory = 3, tag = 5 };

struct FuncType {
  std::vector<ValType> params;
  std::vector<ValType> results;
  friend bool operator==(const FuncType&, const FuncType&) = default;
};

// Sizes of a memory in pages, of a table in elements.
struct Limits {
  uint64_t min = 0;
  std::optional<uint64_t> max;
};

struct ExternType {
  ExternKind kind = ExternKind::func;
  // For functions. Empty if it uses types that `ValType` does not have.
  std::optional<FuncType> func;
  // For memories and tables.
  Limits limits;
  // For globals.
  std::optional<ValType> global;
  bool is_mutable = false;
};

struct ImportType {
  std::string module;
  std::string name;
  ExternType type;
};

struct ExportType {
  std::string name;
  ExternType type;
};

}  // namespace weir::engine
