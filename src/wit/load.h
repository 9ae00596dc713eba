#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wit/binary/decode.h"
#include "wit/error.h"
#include "wit/resolve.h"
#include "wit/resolve/options.h"
#include "wit/source.h"

namespace weir::wit {

// A file of WIT text that is in memory already.
struct WitFile {
  // For messages.
  std::string path;
  std::string text;
};

// What was loaded.
struct Loaded {
  // The package that the path is about; not valid if it only has dependencies (a folder with a
  // `deps` folder and no WIT of its own).
  PackageId main;
  // Everything that was added, in topological order.
  std::vector<PackageId> packages;
};

// Reads a package out of WebAssembly, binary or text, with the parts that it carries of others. The
// error is one sentence.
using BinaryReader = std::function<Result<DecodedWit>(std::string content)>;

// Reads WIT from a folder (its `*.wit` files are one package, those in `deps/` and in the folders
// of `deps/` are packages it may use) or from a single file, and adds it to `resolve`, whose
// packages may be used too. WebAssembly in `deps/` is read by `binaries`, and refused without; what
// such files have of the same package is put together, and counts where no text defines the
// package. After an error `resolve` may hold parts of the input: throw it away.
WitResult<Loaded> load_path(const std::string& path, const Features& features, SourceMap& sources,
                            Resolve& resolve, const BinaryReader& binaries = {});

// The same from memory: each group is a package of one or more files (and what is nested in
// them); the first one is the main package.
WitResult<Loaded> load_files(std::vector<std::vector<WitFile>> groups, const Features& features,
                             SourceMap& sources, Resolve& resolve);

}  // namespace weir::wit
