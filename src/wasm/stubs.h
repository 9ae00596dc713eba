#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "wasm/module.h"

namespace weir::wasm {

// Where a function is kept for others to call: an element of a table, or a global.
struct FunctionCell {
  enum class Kind : uint8_t { table, global };

  Kind kind = Kind::table;
  // In the module's index space of the kind.
  uint32_t index = 0;
  // Of a table.
  uint32_t element = 0;
};

// Functions that are put into neighbouring cells: into a table by an active element segment, or
// into a global.
struct CellWrite {
  FunctionCell first;
  // Function indices; `kNullElement` for a null reference.
  std::vector<uint32_t> functions;
};
inline constexpr uint32_t kNullElement = UINT32_MAX;

// What a start function does: it fills globals, then calls functions without parameters and
// results.
struct StartActions {
  std::vector<CellWrite> writes;
  std::vector<uint32_t> calls;
};

// A module about whose effects everything is known: it fills cells, and its functions either only
// forward their parameters to what a cell holds, or do so little that they change no cell.
struct StubModule {
  // By index among the functions that the module defines itself: the cell that a stub calls;
  // nothing for other functions.
  std::vector<std::optional<FunctionCell>> functions;
  // What instantiation fills.
  std::vector<CellWrite> writes;
  // Set if it has a start function of its own and that does nothing else.
  std::optional<StartActions> start;
};

// Recognises such a module; nothing if it might do anything else (its start function, which may be
// an imported one, aside). `bytes` is the whole module.
std::optional<StubModule> read_stubs(const CoreTypes& types, const Module& module,
                                     std::span<const uint8_t> bytes);

// Whether instantiating the module changes anything outside of the new instance, its start function
// aside. `bytes` is the whole module.
bool has_effects(const Module& module, std::span<const uint8_t> bytes);

}  // namespace weir::wasm
