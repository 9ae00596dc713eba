#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "wasm/module.h"

namespace weir::wasm {

// A function that does nothing but pass its parameters to an element of a table.
struct TableCall {
  uint32_t table;
  uint32_t element;
};

// What an active element segment writes on instantiation.
struct TableWrite {
  uint32_t table;
  uint32_t offset;
  // Function indices; `kNullElement` for a null reference.
  std::vector<uint32_t> functions;
};
inline constexpr uint32_t kNullElement = UINT32_MAX;

// A module about whose effects everything is known: it writes to tables by active element segments
// and otherwise only forwards calls.
struct StubModule {
  // By index among the functions that the module defines itself.
  std::vector<TableCall> functions;
  std::vector<TableWrite> writes;
};

// Recognises such a module; nothing if it might do anything else (its start function, which may be
// an imported one, aside). `bytes` is the whole module.
std::optional<StubModule> read_stubs(const CoreTypes& types, const Module& module,
                                     std::span<const uint8_t> bytes);

}  // namespace weir::wasm
