#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "util/result.h"
#include "wit/resolve.h"
#include "wit/resolve/options.h"

namespace weir::tools {

// WIT that was read from a folder, a file of text, a binary package or a component.
struct OpenedWit {
  wit::Resolve resolve;
  // The package that it is about. A folder that only has `deps` is about the last package there,
  // which no other one needs.
  wit::PackageId main;
  // The world of a component; not valid for anything else.
  wit::WorldId world;

  // All packages but `main`, those that others need first.
  std::vector<wit::PackageId> others() const;
};

// Reads WIT from whatever `path` is. WebAssembly, binary or as text, is validated first. The error
// is a whole report of one or more lines, the last one ended.
Result<OpenedWit> open_wit(const std::string& path, const wit::Features& features);

// The bytes of a component or binary package, validated; nothing if `path` is WIT text or a folder.
// The error is as above.
Result<std::optional<std::vector<uint8_t>>> read_component(const std::string& path);

// Whether a component or binary package is valid, with everything that WIT can ask for let in.
Result<void> validate(std::span<const uint8_t> bytes);

// The error of `open_wit` for `message` about `path`.
Error report(const std::string& path, const std::string& message);

}  // namespace weir::tools
