#pragma once

#include <string>
#include <vector>

#include "tools/wit/open.h"

namespace weir::tools {

// A package of WASI, as its release has it.
struct OfficialPackage {
  // `wasi-0.2.12`
  std::string release;
  // `http`
  std::string name;
  std::string text;
};

// The official packages that are embedded in the program, by release and name.
std::vector<OfficialPackage> official_packages();

// All of them, resolved. `main` is not valid.
OpenedWit official_wit(const wit::Features& features);

// The worlds that a person can choose from, one a line: "  wasi:http/proxy@0.2.12".
std::string list_worlds(const wit::Resolve& resolve);

}  // namespace weir::tools
