#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.h"
#include "wit/binary/encode.h"
#include "wit/bindgen/renames.h"
#include "wit/resolve.h"

// Guest bindings in C: source compatible with those of `wit-bindgen c` 0.63, in names, types and
// ownership. Values lie in memory as the canonical ABI wants them, so C structs are passed as they
// are.
namespace weir::wit {

// What is generated for a world.
struct CBindings {
  // The world's name in C, which the files are called after: `W.h`, `W.c`, `W_component_type.o`.
  std::string name;
  std::string header;
  std::string source;
  std::vector<uint8_t> object;
};

struct COptions {
  // In names of C.
  Renames renames;
  // The world's name in C and in the names of files; empty: its own.
  std::string world_name;
  // Asynchronous functions to bind like synchronous ones: `all`, `ns:pkg/interface#function` or a
  // function of the world; with `import:` or `export:` in front on that side alone.
  std::set<std::string> sync;
  // How the guest's strings are encoded; latin1_utf16 is refused.
  StringEncoding encoding = StringEncoding::utf8;
  // Exported functions drop the borrowed handles that they are given when the guest's function
  // returns; `X_drop_borrow` is not there then.
  bool autodrop_borrows = false;
};

// Refuses what C has no bindings for.
Result<CBindings> generate_c(const Resolve& resolve, WorldId world, const COptions& options = {});

// The symbol that `W.c` refers to, so that the linker takes `W_component_type.o` in.
std::string component_type_symbol(std::string_view world_name);

}  // namespace weir::wit
