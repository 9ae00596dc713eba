#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/deps/files.h"
#include "tools/deps/package_spec.h"
#include "util/result.h"

namespace weir::tools::deps {

// A package that was WebAssembly, as text.
struct DecodedPackage {
  PackageSpec name;
  // One file, `package.wit`.
  Files files;
};

// The packages in a binary WIT package: first the one that it is about, then what that one needs of
// others. The error says if it is something else, such as a component.
Result<std::vector<DecodedPackage>> decode_packages(std::string_view wasm);

// The folder of a package that other packages brought along: `wasi-io-0.2.12`.
std::string folder_of(const PackageSpec& package);

}  // namespace weir::tools::deps
